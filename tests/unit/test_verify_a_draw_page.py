"""docs/verify-a-draw.md: its numbers are true, and the program written from it verifies."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from pypot_cli import proof
from pypot_cli.fairness import beacon, draw, merkle, note, tlog
from pypot_cli.fairness.canonical import read_time
from pypot_cli.proof import bundle
from tests.unit.proofs import (
    ATTESTER_PUBLIC,
    COUNTS,
    GOLDEN,
    GOLDEN_2,
    LOG_KEY,
    ORCHESTRATOR_PUBLIC,
    POT,
    QUICKNET,
    SETTLEMENT_PUBLIC,
    WITNESS_KEY,
    get,
    info_of,
    leaves_of,
    make_chain,
    make_leaves,
    make_proof,
    name_of,
    own_chain,
    path_of,
    replace,
    to_text,
)

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "verify-a-draw.md"
EXAMPLE = DOCS / "examples" / "draw-2"
PROGRAM = DOCS / "examples" / "verify_draw.py"
USER = UUID(int=4)
KEYS = {
    "orchestrator": ORCHESTRATOR_PUBLIC.hex(),
    "settlement": SETTLEMENT_PUBLIC.hex(),
    "beacon": ATTESTER_PUBLIC.hex(),
    "witness": str(WITNESS_KEY),
}
TRUST = proof.Trust(
    [ORCHESTRATOR_PUBLIC], [SETTLEMENT_PUBLIC], [ATTESTER_PUBLIC], witness_keys=[WITNESS_KEY]
)

Row = tuple[str, object]


def golden() -> Any:
    return json.loads(GOLDEN.read_text())


def golden_2() -> Any:
    return json.loads(GOLDEN_2.read_text())


# --- The examples beside the page ---


def entries() -> list[dict[str, Any]]:
    tags, _ = make_leaves(COUNTS, POT)
    return [
        {"first_ticket": sum(COUNTS[:i]), "ticket_count": count, "entrant_tag": tags[i].hex()}
        for i, count in enumerate(COUNTS)
    ]


def chain() -> list[dict[str, Any]]:
    return [
        {**row, "payload": None if row["action"] in bundle.WITHHELD else row["payload"]}
        for row in make_chain(golden_2())
    ]


def receipt() -> dict[str, Any]:
    """Return the receipt of the fourth entry."""
    tags, leaves = make_leaves(COUNTS, POT)
    return {
        "entry_id": "7c9e6679-7425-40de-944b-e07fc1f90a04",
        "pot_id": str(POT),
        "seq": 117,
        "ticket_count": COUNTS[3],
        "salt": "04" * 32,
        "entrant_tag": tags[3].hex(),
        "first_ticket": sum(COUNTS[:3]),
        "merkle_path": path_of(leaves, 3),
    }


def listed(items: Iterable[object]) -> str:
    return "[\n" + ",\n".join(json.dumps(item) for item in items) + "\n]\n"


def example_files() -> dict[str, str]:
    return {
        "proof.json": to_text(golden_2()),
        "entries.json": listed(entries()),
        "chain.json": listed(chain()),
        "checkpoint.txt": golden_2()["witness"]["checkpoint"],
        "receipt.json": to_text(receipt()),
    }


# --- The tables of the page ---


def table(rows: Sequence[Row], head: str = "step and value") -> str:
    body = "".join(f"| {name} | `{value}` |\n" for name, value in rows)
    return f"\n| {head} | |\n|---|---|\n{body}\n"


def path_rows(leaf: merkle.Node, steps: Sequence[merkle.Sibling], number: str) -> list[Row]:
    rows: list[Row] = []
    for at, step in enumerate(steps, 1):
        rows.append((f"{number}step {at}, {step.side}", f"sum {step.sum}, {step.hash.hex()}"))
        leaf = merkle.fold(leaf, [step])
        rows.append((f"{number}after step {at}", f"sum {leaf.sum}, {leaf.hash.hex()}"))
    return rows


def party_rows(example: Any) -> list[Row]:
    return [
        (f"8 {party} `{name}`", example[party][name])
        for party in ("orchestrator", "settlement")
        for name in ("public_key", "kid", "signature")
    ]


def draw_1() -> str:
    example = golden()
    entry = example["winning_entry"]
    tags, leaves = make_leaves(COUNTS, POT)
    last = entry["first_ticket"] + entry["ticket_count"] - 1
    rows: list[Row] = [
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
        ("6 `entrant_tag` of the winner", entry["entrant_tag"]),
        ("6 leaf of the winner", f"sum {leaves[1].sum}, {leaves[1].hash.hex()}"),
        *path_rows(leaves[1], merkle.path(leaves, 1), "6 "),
        ("6 tickets of the winner", f"{entry['first_ticket']} to {last}"),
        *party_rows(example),
        ("9 `payout.credits`", example["payout"]["credits"]),
    ]
    rows += [(f"all entries, `entrant_tag` {i}", tag.hex()) for i, tag in enumerate(tags, 1)]
    return table(rows)


def draw_2() -> str:
    example = golden_2()
    part = example["beacon"]
    signature = bytes.fromhex(part["signature"])
    chain = beacon.QUICKNET
    drawn = draw.hmac_sha256(draw.sha256(signature), bytes.fromhex(example["lock_digest"]))
    return table(
        [
            ("1 `rules_text`", example["rules_text"]),
            ("1 `rules_hash`", example["rules_hash"]),
            ("3 `locked_at`", f"{example['locked_at']} = {read_time(example['locked_at'])}"),
            ("3 `lock_digest`", example["lock_digest"]),
            ("4 `winner_index`", example["winner_index"]),
            ("5 quicknet `chain_hash`", chain.hash.hex()),
            ("5 quicknet `public_key`", chain.public_key.hex()),
            ("5 quicknet `genesis_time`, `period`", f"{chain.genesis_time}, {chain.period}"),
            ("5 `round`", part["round"]),
            ("5 time of the round", chain.round_time(part["round"])),
            ("5 message", draw.sha256(draw.u64(part["round"])).hex()),
            ("5 `signature`", part["signature"]),
            ("5 `SHA(signature)`", draw.sha256(signature).hex()),
            ("5 HMAC", drawn.hex()),
            ("5 `rotation`", part["rotation"]),
            ("5 `winning_ticket`", example["winning_ticket"]),
            *party_rows(example),
            ("8 beacon `public_key`", part["public_key"]),
            ("8 beacon `kid`", part["kid"]),
            ("8 beacon `attestation`", part["attestation"]),
        ]
    )


def receipt_table() -> str:
    mine = receipt()
    leaf = make_leaves(COUNTS, POT)[1][3]
    steps = [
        merkle.Sibling(step["side"], step["sum"], bytes.fromhex(step["hash"]))
        for step in mine["merkle_path"]
    ]
    assert draw.entrant_tag(bytes.fromhex(mine["salt"]), POT, USER).hex() == mine["entrant_tag"]
    return table(
        [
            ("`salt`", mine["salt"]),
            ("`entrant_tag`", mine["entrant_tag"]),
            ("leaf", f"sum {leaf.sum}, {leaf.hash.hex()}"),
            *path_rows(leaf, steps, ""),
            ("`first_ticket`", merkle.first_ticket(steps)),
        ],
        "value",
    )


def chain_table() -> str:
    rows = "".join(
        f"| {row['seq']} | {row['action']} | {read_time(row['created_at'])} |"
        f" `{row['payload_hash']}` | `{row['row_hash']}` |\n"
        for row in chain()
    )
    head = (
        "| `seq` | `action` | `created_at` | `payload_hash` | `row_hash` |\n|---|---|---|---|---|"
    )
    first = chain()[0]["payload"]
    return f"\n{head}\n{rows}\nThe first `payload` is\n\n```\n{first}\n```\n\n"


def checkpoint_table() -> str:
    witness = golden_2()["witness"]
    seen = note.cosigned_at(note.read_note(witness["checkpoint"].encode()), WITNESS_KEY)
    rows: list[Row] = [("the witness's vkey", WITNESS_KEY), ("the log's vkey", LOG_KEY)]
    rows += [("the witness's time", seen)]
    for row in witness["rows"]:
        hashed = next(bytes.fromhex(r["row_hash"]) for r in chain() if r["seq"] == row["seq"])
        rows += [
            (f"`{row['action']}`, `leaf_index`", row["leaf_index"]),
            (f"`{row['action']}`, leaf", tlog.leaf_hash(hashed).hex()),
            *[(f"`{row['action']}`, `path` {at}", step) for at, step in enumerate(row["path"], 1)],
        ]
    return f"\n```\n{witness['checkpoint']}```\n{table(rows, 'value')}"


TABLES: dict[str, Callable[[], str]] = {
    "draw 1": draw_1,
    "draw 2": draw_2,
    "receipt": receipt_table,
    "chain": chain_table,
    "checkpoint": checkpoint_table,
}


def place(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=<!-- numbers: {name} -->\n).*?(?=<!-- end -->)", re.DOTALL)


def test_the_worked_numbers_are_what_the_examples_give() -> None:
    text = PAGE.read_text()
    if os.environ.get("PYPOT_UPDATE_DOCS") == "1":
        for name, make in TABLES.items():
            found = place(name).search(text)
            assert found, f"the page has no place for {name}"
            begin, end = found.span()
            text = f"{text[:begin]}{make()}{text[end:]}"
        PAGE.write_text(text)
        EXAMPLE.mkdir(exist_ok=True)
        for name, content in example_files().items():
            (EXAMPLE / name).write_text(content)
        pytest.fail("the page was written anew: read it, then run without PYPOT_UPDATE_DOCS")
    for name, make in TABLES.items():
        found = place(name).search(text)
        assert found, f"the page has no place for {name}"
        assert found.group() == make(), name
    assert {file.name: file.read_text() for file in EXAMPLE.iterdir()} == example_files()


def test_the_examples_are_verified_by_ours() -> None:
    source, rest = bundle.locate(str(EXAMPLE), None, None)
    document = proof.open_proof(source)
    verdict = bundle.with_rest(proof.verify(document, TRUST), document.value, rest)
    assert verdict.summary == "valid, signed by the keys you trust; witnessed"
    mine = proof.verify_receipt(
        proof.read_document(str(EXAMPLE / "receipt.json"), "the receipt"),
        document,
        user_id=USER,
        trust=TRUST,
    )
    assert mine.summary == "the entry was in the draw and did not win"


def test_the_page_names_every_field_and_everything_that_is_not_proven() -> None:
    text = PAGE.read_text()
    for document in (golden(), golden_2(), entries()[0], chain()[0], receipt()):
        for at, _ in leaves_of(document):
            field = [step for step in at if isinstance(step, str)][-1]
            assert re.search(rf"[`{{\s.]{field}[`,}}]", text), name_of(at)
    section = text.split("## What a proof cannot show")[1].split("\n## ")[0]
    for name in (*proof.UNBOUND, *proof.UNBOUND_2):
        assert f"`{name}`" in section


# --- The program written from the page ---


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the program alone: -I keeps this project out of reach, by name and by directory."""
    return subprocess.run(
        [sys.executable, "-I", str(PROGRAM), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd="/",
    )


def options(keys: dict[str, str]) -> list[str]:
    return [part for name, key in keys.items() for part in (f"--{name}", key)]


def test_the_program_shares_no_code_with_ours() -> None:
    names = {
        (alias.name if isinstance(node, ast.Import) else node.module or "").split(".")[0]
        for node in ast.walk(ast.parse(PROGRAM.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert names - sys.stdlib_module_names == {"cryptography", "pyblst"}


def test_the_program_finds_the_same_winners() -> None:
    for file, said in ((GOLDEN, "30 not witnessed"), (GOLDEN_2, "15 not witnessed")):
        done = run(file)
        assert (done.returncode, done.stdout) == (0, f"winning ticket {said}\n"), done.stderr
    rest: list[str | Path] = [
        *("--entries", EXAMPLE / "entries.json", "--chain", EXAMPLE / "chain.json"),
        *("--receipt", EXAMPLE / "receipt.json", "--user", str(USER)),
    ]
    done = run(EXAMPLE / "proof.json", *options(KEYS), *rest)
    assert (done.returncode, done.stdout) == (0, "winning ticket 15 witnessed\n"), done.stderr


def test_the_program_refuses_keys_that_are_not_trusted() -> None:
    for purpose in ("orchestrator", "settlement", "beacon"):
        done = run(GOLDEN_2, *options({**KEYS, purpose: "0" * 64}))
        assert done.returncode == 1
        assert f"AssertionError: {purpose} key" in done.stderr
    done = run(GOLDEN_2, *options({**KEYS, "witness": str(LOG_KEY)}))
    assert "AssertionError: vkey" in done.stderr


@pytest.fixture(scope="module")
def page() -> dict[str, Any]:
    """The program's functions, in this process, for speed."""
    names: dict[str, Any] = {"__name__": "page"}
    exec(compile(PROGRAM.read_text(), str(PROGRAM), "exec"), names)  # noqa: S102 - our own
    return names


def accepts(check: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a check of the program returns, True for nothing, False if it refuses."""
    try:
        return check(*arguments) or True
    except Exception:  # whatever it stumbles over, it did not accept
        return False


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


@pytest.mark.parametrize("example", [golden(), golden_2()], ids=["draw 1", "draw 2"])
def test_the_program_and_ours_agree_on_every_altered_field(
    page: dict[str, Any], example: dict[str, Any]
) -> None:
    for at, value in leaves_of(example):
        tampered = replace(example, at, altered(value))
        ours = proof.verify(proof.read_proof(to_text(tampered).encode()), TRUST)
        theirs = accepts(page["verify"], tampered, KEYS)
        if at[:2] == ("witness", "checkpoint"):
            # The witness's line: for both it is no longer there, or no longer good.
            assert not ours.witnessed
            assert theirs is False or theirs[1] is False
        else:
            assert (theirs is not False) == ours.valid, name_of(at)


def test_the_program_and_ours_agree_on_other_beacons(page: dict[str, Any]) -> None:
    own = own_chain(private_key=11)
    made = make_proof(draw_2=own)
    info = info_of(own)
    assert accepts(page["verify"], made, KEYS, info) == (made["winning_ticket"], True)
    assert accepts(page["verify"], made, KEYS) is False
    assert accepts(page["verify"], made, KEYS, info_of(own_chain(private_key=12))) is False
    for name in ("public_key", "genesis_time", "period", "groupHash", "schemeID"):
        assert accepts(page["verify"], made, KEYS, {**info, name: altered(info[name])}) is False
    late = make_proof(draw_2=QUICKNET.__class__(own.chain, own.sign, seen=-1))
    assert accepts(page["verify"], late, KEYS, info) == (late["winning_ticket"], False)


def test_the_program_refuses_altered_entries_chains_and_receipts(page: dict[str, Any]) -> None:
    example = golden_2()
    assert accepts(page["check_entries"], example, entries())
    assert accepts(page["check_chain"], example, chain())
    assert accepts(page["check_receipt"], example, receipt(), str(USER))
    assert not accepts(page["check_receipt"], example, receipt(), str(UUID(int=5)))
    for name, whole in (("check_entries", entries()), ("check_chain", chain())):
        for at, value in leaves_of(whole):
            row = whole[at[0]] if isinstance(at[0], int) else {}
            sealed = row.get("payload", "") is None and at[1] in ("payload", "action")
            changed: Any = replace({"all": whole}, ("all", *at), altered(value))["all"]
            assert sealed or not accepts(page[name], example, changed), name_of(at)
        assert not accepts(page[name], example, whole[1:])
    unbound = {"entry_id", "seq"}
    for at, value in leaves_of(receipt()):
        changed = replace(receipt(), at, altered(value))
        same = accepts(page["check_receipt"], example, changed, str(USER))
        assert bool(same) == (at[0] in unbound), name_of(at)
    assert get(receipt(), ("seq",)) == 117
