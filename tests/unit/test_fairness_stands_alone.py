"""The fairness parts know no pot: another game plays on them, in Python and in SQL alike."""

import ast
import copy
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from pypot_cli.fairness import signing
from tests.unit.proofs import QUICKNET

ROOT = Path(__file__).parents[2]
SQL = ROOT / "supabase" / "functions" / "private"
PYTHON_PARTS = sorted((ROOT / "pypot_cli" / "fairness").glob("*.py"))
SQL_PARTS = sorted(file for area in ("draw", "crypto") for file in (SQL / area).glob("*.sql"))
COIN = runpy.run_path(str(ROOT / "docs" / "examples" / "coin_flip.py"))
KEY = b"\x07" * 32
HOUSE = signing.public_key(KEY)
BEACON = QUICKNET.sign(657413)
# The flip of sql/examples/flip_a_coin.sql.
EXAMPLE: dict[str, Any] = COIN["play"](
    UUID("c01f0000-0000-4000-8000-000000000001"),
    bytes(range(32)),
    {UUID(int=1): b"\xaa" * 32, UUID(int=2): b"\xbb" * 32},
    QUICKNET.locked_at,
    KEY,
)

# What the trees of every game are stored in, and with those that were put away.
TABLES = {"merkle_levels", "levels_ever"}


@pytest.mark.parametrize(
    "file", [*PYTHON_PARTS, *SQL_PARTS], ids=lambda file: f"{file.parent.name}/{file.name}"
)
def test_a_fairness_part_has_no_word_of_pots(file: Path) -> None:
    found = re.findall(r"(?i)(?<![a-z])pots?(?![a-z])", file.read_text())
    assert found == []


def test_the_search_for_words_of_pots_finds_them() -> None:
    words = "pot_id, v_pot public.pots; 'pots/lock/v1' Pot; spot, potato, pypot"
    assert len(re.findall(r"(?i)(?<![a-z])pots?(?![a-z])", words)) == 5


@pytest.mark.parametrize("file", PYTHON_PARTS, ids=lambda file: file.name)
def test_a_fairness_module_imports_no_other_part_of_the_product(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            if name.startswith("pypot_cli"):
                assert name.startswith("pypot_cli.fairness") or name == "pypot_cli.errors", name


def test_a_fairness_function_calls_no_other_part_of_the_product() -> None:
    own = {file.stem for file in SQL_PARTS} | TABLES
    assert len(own) > 20
    for file in SQL_PARTS:
        body = re.sub(r"--.*", "", file.read_text())
        assert set(re.findall(r"\bprivate\.(\w+)", body)) <= own, file.name
        assert not re.search(r"\bpublic\.\w", body), file.name


def test_a_coin_is_flipped_on_them_and_both_sides_agree() -> None:
    assert COIN["verify"](EXAMPLE, BEACON, HOUSE) == "tails"
    # The database computed the same, and verified the same signatures: its golden output.
    text = (ROOT / "sql" / "examples" / "flip_a_coin.out").read_text()
    for value in (
        EXAMPLE["commit_tag"],
        COIN["digest_of"](EXAMPLE).hex(),
        EXAMPLE["lock_signature"][:64],
        EXAMPLE["reveal_signature"][:64],
        HOUSE.hex(),
        BEACON.hex()[:64],
    ):
        assert value in text
    assert re.search(r"^ +0 \| +1 \| tails$", text, re.MULTILINE)
    assert re.findall(r"^ (\w+) +\| ([tf]) +\| (\w+)", text, re.MULTILINE) == [
        ("orchestrator", "t", "coinflip"),
        ("settlement", "t", "coinflip"),
        ("settlement", "f", "another"),
    ]


def test_the_example_flips_a_coin_of_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "docs/examples/coin_flip.py"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() in ("heads", "tails")


def test_a_coin_that_was_bent_in_any_way_is_not_taken() -> None:
    def refused(flip: Any = EXAMPLE, beacon: bytes = BEACON, house: bytes = HOUSE) -> bool:
        try:
            COIN["verify"](flip, beacon, house)
        except (ValueError, OverflowError):
            return True
        return False

    assert not refused()
    assert refused(beacon=bytes(48))
    assert refused(beacon=BEACON[:-1] + bytes([BEACON[-1] ^ 1]))
    assert refused(house=signing.public_key(b"\x08" * 32))
    for name, value in EXAMPLE.items():
        flip = copy.deepcopy(EXAMPLE)
        if name == "tags":
            flip[name] = value[::-1]
        elif isinstance(value, int):
            flip[name] = value + 1
        else:
            flip[name] = f"{value[:-2]}{'0' if value[-2] != '0' else '1'}{value[-1]}"
        assert refused(flip), name


def test_a_flip_is_apart_from_every_other_game() -> None:
    # The same bytes under another domain are another lock: no signature of one fits the other.
    digest = COIN["digest_of"](EXAMPLE)
    signature = bytes.fromhex(EXAMPLE["lock_signature"])
    assert signing.verify(HOUSE, signing.orchestrator_message(digest, "coinflip"), signature)
    assert not signing.verify(HOUSE, signing.orchestrator_message(digest, "pots"), signature)
