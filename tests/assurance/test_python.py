"""What a mutant of Python comes to, on a module of two functions with a test that sees one."""

from pathlib import Path

from pypot_cli.config import ROOT
from tests.assurance.python import MODULES, copy, outcomes

# Far above the few seconds it takes on a machine that has them.
_PATIENCE_SECONDS = 250

_MODULE = """
def looked_at(one: int, other: int) -> bool:
    return one < other


def nearly(one: int, other: int) -> bool:
    return one < other
"""
_BINDS = """
def bound() -> int:
    return 1 + 1


BOUND = bound()
"""
_TEST_OF_THE_BOUND = """
from pypot_cli.proof.form import BOUND

def test_it() -> None:
    assert BOUND == 2
"""
_TEST = """
from pypot_cli.fairness.merkle import looked_at, nearly

def test_them() -> None:
    assert looked_at(1, 2)
    assert not looked_at(1, 1)
    assert nearly(1, 2)
"""


def test_a_change_that_no_test_looks_at_lives(tmp_path: Path) -> None:
    copy(tmp_path, "fairness.merkle", ("merkle",))
    (tmp_path / "pypot_cli" / "fairness" / "merkle.py").write_text(_MODULE)
    (tmp_path / "tests" / "unit" / "test_merkle.py").write_text(_TEST)
    found = {"looked_at": set[str](), "nearly": set[str]()}
    for name, outcome in outcomes(tmp_path, _PATIENCE_SECONDS):
        found["nearly" if "nearly" in name else "looked_at"].add(outcome)
    assert found == {"looked_at": {"killed"}, "nearly": {"survived"}}


def test_a_change_of_what_runs_at_import_is_noticed(tmp_path: Path) -> None:
    copy(tmp_path, "proof.form", ("proof",))
    (tmp_path / "pypot_cli" / "proof" / "form.py").write_text(_BINDS)
    (tmp_path / "tests" / "unit" / "test_proof.py").write_text(_TEST_OF_THE_BOUND)
    # The package itself needs more of the module than this.
    (tmp_path / "pypot_cli" / "proof" / "__init__.py").write_text("")
    found = {outcome for _, outcome in outcomes(tmp_path, _PATIENCE_SECONDS)}
    assert found == {"killed"}


def test_every_pure_module_is_changed() -> None:
    there = {
        f"{package}.{file.stem}"
        for package in ("fairness", "proof")
        for file in (ROOT / "pypot_cli" / package).glob("*.py")
        if file.stem != "__init__"
    }
    # What a service signs, and what it takes of others, is decided there, without a database.
    assert set(MODULES) == there | {"exchange", "lock"}
