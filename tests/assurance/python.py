"""The harness of Python's mutants: what draws, verifies and signs is changed, a place at a time.

mutmut changes the pure modules of a copy of the checkout, each module by itself, and runs the unit
tests that are about it. A survivor is a failure, unless waivers.toml says why it may live. Modules
are tried in an order by the seed, each within its share of the time.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from pypot_cli.assure import Harness, Run
from pypot_cli.config import ROOT
from tests.assurance.mutants import waivers

# Module → the files of tests/unit that are about it.
MODULES = {
    "fairness.canonical": ("canonical",),
    "fairness.draw": ("draw",),
    "fairness.merkle": ("merkle",),
    "fairness.signing": ("signing",),
    "fairness.note": ("note",),
    "fairness.tlog": ("tlog",),
    "fairness.beacon": ("beacon",),
    "exchange": ("exchange",),
    "lock": ("lock",),
    "proof.beacon": ("proof_checks",),
    "proof.bundle": ("proof_bundle",),
    "proof.checks": ("proof_checks",),
    "proof.document": ("proof_document",),
    "proof.form": ("proof_form",),
    "proof.judge": ("proof_checks",),
    "proof.receipt": ("proof_receipt",),
    "proof.trust": ("trust",),
    "proof.verdict": ("proof_verdict",),
    "proof.witness": ("proof_witness",),
}
# Modules that make what they offer while they are loaded: each of their mutants has a process that
# loads it anew, where mutmut otherwise forks one that has loaded it.
_MADE_AT_IMPORT = frozenset({"proof.form"})
_AT_ONCE = 2
# So long a module has at least: to run its tests once takes some of it.
_LEAST_SECONDS = 30.0

_SETTINGS = """\
[project]
name = "copy"
version = "0"

[tool.pytest.ini_options]
pythonpath = ["."]
addopts = "-p no:xdist -p no:cacheprovider"

[tool.mutmut]
source_paths = ["pypot_cli"]
only_mutate = ["{module}"]
also_copy = ["tests"]
pytest_add_cli_args_test_selection = [{tests}]
use_git_change_detection = false
process_isolation = "{isolation}"
forkserver_warmup = "none"
"""


def copy(place: Path, module: str, tests: tuple[str, ...]) -> None:
    """Makes a checkout of the package and the tests of a module, told to change that module."""
    nothing = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "pypot_cli", place / "pypot_cli", ignore=nothing)
    unit = place / "tests" / "unit"
    unit.mkdir(parents=True)
    shutil.copyfile(ROOT / "tests" / "__init__.py", place / "tests" / "__init__.py")
    shutil.copytree(ROOT / "tests" / "fixtures", place / "tests" / "fixtures")
    for name in ("proofs.py", *(f"test_{each}.py" for each in tests)):
        shutil.copyfile(ROOT / "tests" / "unit" / name, unit / name)
    settings = _SETTINGS.format(
        module=f"pypot_cli/{module.replace('.', '/')}.py",
        tests=", ".join(f'"tests/unit/test_{each}.py"' for each in tests),
        isolation="forkserver" if module in _MADE_AT_IMPORT else "fork",
    )
    (place / "pyproject.toml").write_text(settings)


def outcomes(place: Path, seconds: float) -> Iterator[tuple[str, str]]:
    """Tries the mutants of a copy for so long; yields each by its name, and what became of it.

    The words are mutmut's: killed, survived, timeout, no tests, not checked. Raises AssertionError
    when the tests fail without any mutant.
    """
    command = [sys.executable, "-m", "mutmut"]
    with (place / "mutmut.log").open("wb") as log:
        run = [*command, "run", "--max-children", str(_AT_ONCE)]
        process = subprocess.Popen(run, cwd=place, stdout=log, stderr=log, start_new_session=True)
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = 0
        finally:
            process.terminate()
            process.wait()
            # Tests that it forked, which would outlive it; not before it, which would judge them.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    told = subprocess.run(
        [*command, "results", "--all", "true"],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    why = (place / "mutmut.log").read_text(errors="replace")[-2000:]
    lines = [line.strip() for line in told.stdout.splitlines() if ": " in line]
    assert code == 0, why
    assert lines, why
    for line in lines:
        name, _, outcome = line.rpartition(": ")
        yield name, outcome


def run(going: Run) -> None:
    """Every module in turn, and what nobody noticed by its name."""
    modules = list(MODULES.items())
    random.Random(going.seed).shuffle(modules)
    waived = waivers("python")
    for number, (module, tests) in enumerate(modules):
        seconds = max(going.left / (len(modules) - number), _LEAST_SECONDS)
        if going.left < _LEAST_SECONDS:
            going.count("modules left out")
            continue
        place = going.directory / module
        copy(place, module, tests)
        killed = tried = there = 0
        try:
            found = list(outcomes(place, seconds))
        except AssertionError as error:
            going.fail(f"{module}: {error}")
            continue
        for name, outcome in found:
            there += 1
            if outcome == "not checked":
                continue
            tried += 1
            # What takes fifteen times as long as it did is noticed; so is what cannot be imported,
            # which is a timeout to mutmut, too.
            if outcome in ("killed", "timeout"):
                killed += 1
            elif name in waived:
                going.count("waived")
            else:
                going.fail(f"lives: {name} ({outcome})")
        shutil.rmtree(place)
        going.count("mutants", there)
        going.count("tried", tried)
        going.count("killed", killed)
        going.figure(module, f"{killed}/{tried} (of {there})")
        going.say(f"{module}: {killed} of {tried} noticed, of {there}")


HARNESS = Harness(
    name="python",
    what="One place at a time is changed in what draws and verifies, and unit tests must notice",
    minutes=30,
    threats=(24, 27, 28),
    controls=("tests/assurance/test_python.py::test_a_change_that_no_test_looks_at_lives",),
    run=run,
)
