"""All the entries and the audit chain fit their proof, or the check that fails is named."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from pypot_cli.errors import UnreadableInputError
from pypot_cli.fairness import draw
from pypot_cli.fairness.canonical import read_time
from pypot_cli.proof import UNBOUND, Document, Trust, Verdict, bundle, verify
from tests.unit.proofs import (
    COUNTS,
    POT,
    QUICKNET,
    make_chain,
    make_leaves,
    make_proof,
    make_release,
    to_text,
)

PROOF = make_proof(draw_2=QUICKNET)
TAGS, _ = make_leaves(COUNTS, POT)
ENTRIES = [
    {"first_ticket": sum(COUNTS[:i]), "ticket_count": count, "entrant_tag": TAGS[i].hex()}
    for i, count in enumerate(COUNTS)
]
CHAIN = [
    {**row, "payload": None if row["action"] in ("paused", "resumed") else row["payload"]}
    for row in make_chain(PROOF)
]


def judge(
    entries: Any = None, chain: Any = None, checkpoint: str | None = None, proof: Any = PROOF
) -> Verdict:
    rest = bundle.Rest(entries, chain, checkpoint)
    return bundle.with_rest(verify(Document(proof), Trust()), proof, rest)


def failed(verdict: Verdict) -> set[str]:
    return {check.name for check in verdict.failed}


def changed(items: list[dict[str, Any]], number: int, **changes: Any) -> list[dict[str, Any]]:
    again = copy.deepcopy(items)
    again[number].update(changes)
    return again


def relinked(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows hashed anew, each on the one before, as an operator could."""
    again: list[dict[str, Any]] = []
    for seq, row in enumerate(rows, 1):
        previous = again[-1]["row_hash"] if again else "0" * 64
        payload_hash = row["payload_hash"]
        if row["payload"] is not None:
            payload_hash = draw.sha256(row["payload"].encode()).hex()
        hashed = draw.sealed_row_hash(
            round_id=POT,
            seq=seq,
            prev_hash=bytes.fromhex(previous),
            created_at=read_time(row["created_at"]),
            payload_hash=bytes.fromhex(payload_hash),
            game="pots",
        )
        sealed = {"payload_hash": payload_hash, "prev_hash": previous, "row_hash": hashed.hex()}
        again.append({**row, "seq": seq, **sealed})
    return again


def test_all_of_a_pot_fits_together_and_confirms_what_a_proof_alone_cannot() -> None:
    verdict = judge(ENTRIES, CHAIN, PROOF["witness"]["checkpoint"])
    assert verdict.valid, verdict.failed
    assert {"entries entries_root", "chain links", "audit", "checkpoint.txt"} <= {
        check.name for check in verdict.checks
    }
    named = {said.split(":")[0] for said in verdict.not_proven}
    assert named & UNBOUND.keys() == {"payout.held", "settled_at"}
    alone = {said.split(":")[0] for said in judge(ENTRIES).not_proven}
    assert alone & UNBOUND.keys() == UNBOUND.keys()
    # Whoever withholds a row's text could have called it anything.
    assert verdict.not_proven[-1].startswith("chain.json: what rows 2, 3 tell is withheld")
    whole = judge(chain=make_chain(PROOF))
    assert whole.valid
    assert not any(said.startswith("chain.json") for said in whole.not_proven)
    assert relinked(CHAIN) == CHAIN


@pytest.mark.parametrize(
    ("entries", "names"),
    [
        ([], {"entries form"}),
        ([None], {"entries form"}),
        (changed(ENTRIES, 0, extra=1), {"entries form"}),
        (changed(ENTRIES, 0, ticket_count=True), {"entries form"}),
        (changed(ENTRIES, 0, entrant_tag="0" * 64), {"entries entries_root"}),
        (changed(ENTRIES, 2, first_ticket=36), {"entries order"}),
        (changed(ENTRIES, 1, ticket_count=26), {"entries winner", "entries total_tickets"}),
        (ENTRIES[:-1], {"entries entries_root", "entries total_tickets"}),
        (ENTRIES[1:], {"entries order", "entries entries_root", "entries total_tickets"}),
        ([*ENTRIES, ENTRIES[-1]], {"entries order", "entries entries_root"}),
        (ENTRIES[::-1], {"entries order", "entries entries_root"}),
        ([ENTRIES[0], *ENTRIES[2:]], {"entries winner", "entries entries_root"}),
    ],
)
def test_entries_that_are_not_those_of_the_lock_are_named(entries: Any, names: set[str]) -> None:
    assert names <= failed(judge(entries))


def test_every_field_of_every_entry_counts() -> None:
    for number, entry in enumerate(ENTRIES):
        for name, value in entry.items():
            assert isinstance(value, int | str)
            other = value + 1 if isinstance(value, int) else value[::-1]
            assert not judge(changed(ENTRIES, number, **{name: other})).valid


@pytest.mark.parametrize(
    ("chain", "said"),
    [
        ([], "there is no row"),
        (CHAIN[1:], "row 1 is missing: here is row 2"),
        (CHAIN[:3] + CHAIN[4:], "row 4 is missing: here is row 5"),
        ([*CHAIN[:2], CHAIN[3], CHAIN[2], *CHAIN[4:]], "row 3 is missing"),
        (changed(CHAIN, 4, prev_hash="0" * 64), "row 5 is not bound to the row before it"),
        (changed(CHAIN, 4, row_hash="0" * 64), "row 5: row_hash is not the hash of the row"),
        (changed(CHAIN, 4, payload_hash="0" * 64), "row 5: payload_hash is not"),
        (changed(CHAIN, 4, payload="{}"), "row 5: payload_hash is not"),
        (changed(CHAIN, 4, payload="\ud800"), "row 5: payload_hash is not"),
        (changed(CHAIN, 4, payload=None), "row 5 has no payload"),
        (changed(CHAIN, 1, payload="{}"), "row 2: payload_hash is not"),
        (changed(CHAIN, 1, created_at="2023-09-15T10:58:41.123457Z"), "row 2: row_hash is not"),
        (changed(CHAIN, 1, created_at="yesterday"), "chain[1].created_at must be a UTC time"),
        (changed(CHAIN, 1, payload_hash="0" * 64), "row 2: row_hash is not"),
        (changed(CHAIN, 4, action="claimed"), "row 5 is called 'claimed', not 'attested'"),
        (relinked(changed(CHAIN, 4, payload="null")), "row 5: payload tells no action"),
        (relinked(changed(CHAIN, 4, payload='{ "a":1}')), "row 5: payload is not canonical"),
        (relinked(CHAIN[:3] + CHAIN[4:]), "0 rows say that the pot was locked"),
        (relinked([*CHAIN, CHAIN[6]]), "2 rows say that the pot was revealed"),
        (relinked([*CHAIN[:4], CHAIN[3], *CHAIN[4:]]), "2 rows say that the pot was locked"),
        (relinked(CHAIN[:1] + CHAIN[3:]), "row 8 is not the settled row that the proof names"),
        (CHAIN[:-1], "0 rows say that the pot was settled"),
    ],
)
def test_what_is_wrong_with_a_chain_is_said(chain: Any, said: str) -> None:
    verdict = judge(chain=chain)
    assert not verdict.valid
    assert any(said in check.detail for check in verdict.failed), verdict.failed


def test_every_field_of_every_row_counts_but_the_name_of_one_whose_text_is_withheld() -> None:
    for number, row in enumerate(CHAIN):
        for name, value in row.items():
            other = value + 1 if isinstance(value, int) else f"1{(value or 'a reason')[1:]}"
            other = f"2{value[1:]}" if other == value and isinstance(value, str) else other
            spoiled = judge(chain=changed(CHAIN, number, **{name: other}))
            assert not spoiled.valid or (name == "action" and row["payload"] is None), (
                number,
                name,
            )


@pytest.mark.parametrize(
    ("action", "field", "value"),
    [
        ("created", "commit_tag", "0" * 64),
        ("locked", "lock_digest", "0" * 64),
        ("locked", "entries_root", "0" * 64),
        ("revealed", "reveal_seed", "0" * 64),
        ("settled", "entry_id", str(POT)),
        ("settled", "winning_ticket", 16),
        ("settled", "winning_ticket", True),
        ("settled", "settled_at", "2023-09-15T11:00:05.654321Z"),
        ("settled", "settled_at", None),
    ],
)
def test_a_chain_that_tells_another_story_is_caught_though_it_is_hashed_well(
    action: str, field: str, value: object
) -> None:
    number = next(i for i, row in enumerate(CHAIN) if row["action"] == action)
    payload = json.loads(CHAIN[number]["payload"] or "")
    payload["metadata"][field] = value
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"))
    verdict = judge(chain=relinked(changed(CHAIN, number, payload=text)))
    assert f"chain {action}" in failed(verdict)
    assert "chain links" not in failed(verdict)


def test_a_checkpoint_beside_a_proof_is_the_one_in_it() -> None:
    assert failed(judge(checkpoint="another")) == {"checkpoint.txt"}
    assert failed(judge(checkpoint="any", proof=make_proof())) == {"checkpoint.txt"}


def test_beside_a_malformed_proof_nothing_more_is_said() -> None:
    assert failed(judge(ENTRIES, CHAIN, proof={**PROOF, "hmac": 1})) == {"form"}


def test_an_export_is_found_by_its_directory_and_single_files_by_their_names(
    tmp_path: Path,
) -> None:
    (tmp_path / "proof.json").write_text(to_text(PROOF))
    (tmp_path / "entries.json").write_text(json.dumps(ENTRIES))
    (tmp_path / "chain.json").write_text(json.dumps(CHAIN))
    assert bundle.locate(str(tmp_path), None, None) == (
        str(tmp_path / "proof.json"),
        bundle.Rest(ENTRIES, CHAIN, None),
    )
    (tmp_path / "checkpoint.txt").write_text("a text")
    assert bundle.locate(str(tmp_path), None, None)[1].checkpoint == "a text"
    file = str(tmp_path / "proof.json")
    assert bundle.locate(file, None, None) == (file, bundle.Rest())
    assert bundle.locate("-", str(tmp_path / "entries.json"), None)[1].entries == ENTRIES
    for text in ("{}", "null", "[", '[{"a":1,"a":1}]', "[-0]", "\udcff"):
        (tmp_path / "chain.json").write_text(text, errors="surrogateescape")
        with pytest.raises(UnreadableInputError):
            bundle.locate(str(tmp_path), None, None)


@pytest.mark.parametrize("outcome", ["paid", "returned"])
def test_the_chain_tells_of_a_held_payout_what_the_proof_tells(outcome: str) -> None:
    released = make_release(PROOF, outcome)
    waiting = {**released, "release": None}
    paid_at_once = {**PROOF}
    chains = [make_chain(each) for each in (released, waiting, paid_at_once)]
    for number, proof in enumerate((released, waiting, paid_at_once)):
        for other, chain in enumerate(chains):
            verdict = judge(chain=chain, proof=proof)
            expected: set[str] = set() if other == number else {"chain payout"}
            assert failed(verdict) == expected, (number, other)
    lie = {**released, "release": {**released["release"], "entries": 3}}
    assert "chain payout" in failed(judge(chain=chains[0], proof=lie))
