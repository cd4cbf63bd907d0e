"""docs/verify-a-draw.md: its numbers are true, and the program in it verifies."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pypot_cli import proof
from pypot_cli.fairness import merkle
from pypot_cli.fairness.canonical import read_time
from tests.unit.proofs import (
    COUNTS,
    GOLDEN,
    ORCHESTRATOR_PUBLIC,
    POT,
    SETTLEMENT_PUBLIC,
    leaves_of,
    make_leaves,
    name_of,
    replace,
    to_text,
)

PAGE = Path(__file__).parents[2] / "docs" / "verify-a-draw.md"
NUMBERS = re.compile(
    r"(?<=<!-- worked numbers: begin -->\n).*?(?=<!-- worked numbers: end -->)", re.DOTALL
)
KEYS = [ORCHESTRATOR_PUBLIC.hex(), SETTLEMENT_PUBLIC.hex()]


def golden() -> Any:
    return json.loads(GOLDEN.read_text())


def worked_numbers() -> str:
    """Return the table of the page, computed from the example proof and its entries."""
    example = golden()
    entry = example["winning_entry"]
    tags, leaves = make_leaves(COUNTS, POT)
    rows: list[tuple[str, object]] = [
        ("1 `rules_text`", example["rules_text"]),
        ("1 `rules_hash`", example["rules_hash"]),
        ("2 `reveal_seed`", example["reveal_seed"]),
        ("2 `commit_hash`", example["commit_hash"]),
        ("2 `commit_tag`", example["commit_tag"]),
        ("3 `pot_id`", example["pot_id"]),
        ("3 `locked_at`", f"{example['locked_at']} = {read_time(example['locked_at'])}"),
        ("3 `lock_digest`", example["lock_digest"]),
        ("4 `hmac`", example["hmac"]),
        ("4 `winner_index` = `winning_ticket`", example["winner_index"]),
        ("5 `entrant_tag` of the winner", entry["entrant_tag"]),
        ("5 leaf of the winner", f"sum {leaves[1].sum}, {leaves[1].hash.hex()}"),
    ]
    node = leaves[1]
    for number, step in enumerate(merkle.path(leaves, 1), 1):
        rows.append((f"5 step {number}, {step.side}", f"sum {step.sum}, {step.hash.hex()}"))
        node = merkle.fold(node, [step])
        rows.append((f"5 after step {number}", f"sum {node.sum}, {node.hash.hex()}"))
    last = entry["first_ticket"] + entry["ticket_count"] - 1
    rows += [
        ("5 tickets of the winner", f"{entry['first_ticket']} to {last}"),
        ("7 orchestrator `public_key`", example["orchestrator"]["public_key"]),
        ("7 orchestrator `kid`", example["orchestrator"]["kid"]),
        ("7 orchestrator `signature`", example["orchestrator"]["signature"]),
        ("7 settlement `public_key`", example["settlement"]["public_key"]),
        ("7 settlement `kid`", example["settlement"]["kid"]),
        ("7 settlement `signature`", example["settlement"]["signature"]),
        ("8 `payout.credits`", example["payout"]["credits"]),
    ]
    rows += [(f"all entries, `entrant_tag` {i}", tag.hex()) for i, tag in enumerate(tags, 1)]
    body = "".join(f"| {name} | `{value}` |\n" for name, value in rows)
    return f"\n| step and value | |\n|---|---|\n{body}\n"


def test_the_worked_numbers_are_what_the_example_gives() -> None:
    text = PAGE.read_text()
    if os.environ.get("PYPOT_UPDATE_DOCS") == "1":
        PAGE.write_text(NUMBERS.sub(lambda _: worked_numbers(), text))
        pytest.fail("the page was written anew: read it, then run without PYPOT_UPDATE_DOCS")
    assert NUMBERS.findall(text) == [worked_numbers()]


def test_the_page_names_every_field_and_everything_that_is_not_proven() -> None:
    text = PAGE.read_text()
    for at, _ in leaves_of(golden()):
        field = [step for step in at if isinstance(step, str)][-1]
        assert re.search(rf"[`{{ ]{field}[`,}}]", text), name_of(at)
    section = text.split("## What a proof cannot show")[1].split("\n## ")[0]
    for name in proof.UNBOUND:
        assert f"`{name}`" in section


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    file = tmp_path_factory.mktemp("page") / "verifier.py"
    file.write_text(program)
    return file


def run(verifier: Path, content: str, *keys: str) -> subprocess.CompletedProcess[str]:
    """Run the program of the page alone: -I keeps this project and every package out of reach."""
    file = verifier.with_name("proof.json")
    file.write_text(content)
    return subprocess.run(
        [sys.executable, "-I", "-S", str(verifier), str(file), *keys],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_program_of_the_page_finds_the_same_winner(verifier: Path) -> None:
    for keys in ([], KEYS):
        done = run(verifier, GOLDEN.read_text(), *keys)
        assert (done.returncode, done.stdout) == (0, "winning ticket 30\n"), done.stderr


def test_the_program_of_the_page_refuses_keys_that_are_not_trusted(verifier: Path) -> None:
    done = run(verifier, GOLDEN.read_text(), *reversed(KEYS))
    assert done.returncode == 1
    assert "AssertionError: orchestrator key" in done.stderr


def altered(value: Any) -> Any:
    """Return another value of the same form."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int):
        return value + 1
    if value in ("left", "right"):
        return "left" if value == "right" else "right"
    # The sixth character from the end: a digit of a hash, of an id, of a time, of a text.
    return f"{value[:-6]}{'0' if value[-6] != '0' else '1'}{value[-5:]}"


def test_the_program_of_the_page_and_ours_agree_on_every_altered_field(
    verifier: Path,
) -> None:
    # In this process, for speed: a signature takes its plain arithmetic a while.
    page: dict[str, Any] = {"__name__": "page"}
    exec(compile(verifier.read_text(), str(verifier), "exec"), page)  # noqa: S102 - our own page
    for at, value in leaves_of(golden()):
        tampered = replace(golden(), at, altered(value))
        ours = proof.verify(proof.read_proof(to_text(tampered).encode())).valid
        try:
            page["verify"](tampered, {})
            theirs = True
        except (AssertionError, ValueError):
            theirs = False
        assert theirs == ours, name_of(at)
