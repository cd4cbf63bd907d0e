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
from pypot_cli.proof.form import shown
from pypot_cli.proof.verdict import Check
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
TAGS, LEAVES = make_leaves(COUNTS, POT)
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


def retold(action: str, metadata: object) -> list[dict[str, Any]]:
    """Return the chain with another metadata of an action, hashed well."""
    number = next(i for i, row in enumerate(CHAIN) if row["action"] == action)
    payload = {**json.loads(CHAIN[number]["payload"] or ""), "metadata": metadata}
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"))
    return relinked(changed(CHAIN, number, payload=text))


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


ROOT = PROOF["entries_root"]
ALONE = verify(Document(PROOF), Trust())


def told(verdict: Verdict) -> list[tuple[str, str, str]]:
    """What is said besides what the proof alone is told."""
    more = verdict.checks[len(ALONE.checks) :]
    return [(check.name, check.outcome, check.detail) for check in more]


def test_of_each_thing_that_goes_with_a_proof_is_told_what_was_found() -> None:
    verdict = judge(ENTRIES, CHAIN, PROOF["witness"]["checkpoint"])
    assert told(verdict) == [
        ("entries order", "ok", "5 entries, without a gap"),
        ("entries entries_root", "ok", f"the tree over 5 entries = {ROOT}"),
        ("entries total_tickets", "ok", "their tickets = 100"),
        ("entries winner", "ok", "the winning entry is one of them"),
        ("chain links", "ok", "8 rows, each bound to the last"),
        ("chain payloads", "ok", "each is canonical and tells its action"),
        ("chain created", "ok", "it tells the same commit_tag"),
        ("chain locked", "ok", "it tells the same lock_digest, entries_root, commit_hash"),
        ("chain revealed", "ok", "it tells the same reveal_seed"),
        (
            "chain settled",
            "ok",
            "it tells the same entry_id, entrant_tag, winning_ticket, settled_at",
        ),
        ("chain payout", "ok", "the payout was not held, as the proof says"),
        ("audit", "ok", "row 8 is the settled row that the proof names"),
        ("checkpoint.txt", "ok", "it is the checkpoint in the proof"),
    ]
    assert (verdict.pot_id, verdict.draw_version) == (str(POT), 2)
    assert verdict.unknown == ("chain.json: what rows 2, 3 tell is withheld, and their names",)


def test_nothing_beside_a_proof_leaves_its_verdict_as_it_is() -> None:
    assert judge() == ALONE


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([], [("entries form", "failed", "there is no entry")]),
        ([None], [("entries form", "failed", "entries[0] must be an object, not null")]),
        (
            changed(ENTRIES, 3, extra=1),
            [("entries form", "failed", "entries[3].'extra' is not a field of a list")],
        ),
        (
            changed(changed(ENTRIES, 2, first_ticket=36), 4, first_ticket=0),
            [
                ("entries order", "failed", "entries[2] begins at 36, not at 35"),
                ("entries entries_root", "ok", f"the tree over 5 entries = {ROOT}"),
                ("entries total_tickets", "ok", "their tickets = 100"),
                ("entries winner", "ok", "the winning entry is one of them"),
            ],
        ),
        (
            [ENTRIES[1]],
            [
                ("entries order", "failed", "entries[0] begins at 10, not at 0"),
                (
                    "entries entries_root",
                    "failed",
                    f"the tree over 1 entries = {LEAVES[1].hash.hex()}, but the proof says {ROOT}",
                ),
                ("entries total_tickets", "failed", "their tickets = 25, but the proof says 100"),
                ("entries winner", "ok", "the winning entry is one of them"),
            ],
        ),
        (
            [ENTRIES[0]],
            [
                ("entries order", "ok", "1 entries, without a gap"),
                (
                    "entries entries_root",
                    "failed",
                    f"the tree over 1 entries = {LEAVES[0].hash.hex()}, but the proof says {ROOT}",
                ),
                ("entries total_tickets", "failed", "their tickets = 10, but the proof says 100"),
                ("entries winner", "failed", "the winning entry is not one of them"),
            ],
        ),
    ],
    ids=["none", "no object", "a field too many", "gaps", "the winner's alone", "another's alone"],
)
def test_of_entries_that_are_not_those_of_the_lock_is_told_what_they_are(
    entries: Any, said: list[tuple[str, str, str]]
) -> None:
    assert told(judge(entries)) == said


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
        ([], "chain form: there is no row"),
        ([None], "chain form: chain[0] must be an object, not null"),
        (changed(CHAIN, 2, extra=1), "chain form: chain[2].'extra' is not a field of a list"),
        (CHAIN[1:], "chain links: row 1 is missing: here is row 2"),
        (CHAIN[:3] + CHAIN[4:], "chain links: row 4 is missing: here is row 5"),
        (
            [*CHAIN[:2], CHAIN[3], CHAIN[2], *CHAIN[4:]],
            "chain links: row 3 is missing: here is row 4",
        ),
        (
            changed(CHAIN, 4, prev_hash="0" * 64),
            "chain links: row 5 is not bound to the row before it",
        ),
        (
            changed(CHAIN, 4, row_hash="0" * 64),
            "chain links: row 5: row_hash is not the hash of the row",
        ),
        (
            changed(CHAIN, 4, payload_hash="0" * 64),
            "chain links: row 5: payload_hash is not the hash of payload",
        ),
        (
            changed(CHAIN, 4, payload="{}"),
            "chain links: row 5: payload_hash is not the hash of payload",
        ),
        (
            changed(CHAIN, 4, payload="\ud800"),
            "chain links: row 5: payload_hash is not the hash of payload",
        ),
        (changed(CHAIN, 4, payload=None), "chain links: row 5 has no payload"),
        (
            changed(CHAIN, 1, payload="{}"),
            "chain links: row 2: payload_hash is not the hash of payload",
        ),
        (
            changed(CHAIN, 1, created_at="2023-09-15T10:58:41.123457Z"),
            "chain links: row 2: row_hash is not the hash of the row",
        ),
        (
            changed(CHAIN, 1, created_at="yesterday"),
            "chain form: chain[1].created_at must be a UTC time like 2026-11-22T17:49:34.123456Z,"
            " not 'yesterday'",
        ),
        (
            changed(CHAIN, 1, payload_hash="0" * 64),
            "chain links: row 2: row_hash is not the hash of the row",
        ),
        (
            changed(CHAIN, 4, action="claimed"),
            "chain payloads: row 5 is called 'claimed', not 'attested'",
        ),
        (
            relinked(changed(CHAIN, 4, payload="null")),
            "chain payloads: row 5: payload tells no action",
        ),
        (
            relinked(changed(CHAIN, 4, payload='{ "a":1}')),
            "chain payloads: row 5: payload is not canonical JSON",
        ),
        (relinked(CHAIN[:3] + CHAIN[4:]), "chain locked: 0 rows say that the pot was locked"),
        (relinked([*CHAIN, CHAIN[6]]), "chain revealed: 2 rows say that the pot was revealed"),
        (
            relinked([*CHAIN[:4], CHAIN[3], *CHAIN[4:]]),
            "chain locked: 2 rows say that the pot was locked",
        ),
        (
            relinked(CHAIN[:1] + CHAIN[3:]),
            "audit: row 8 is not the settled row that the proof names",
        ),
        (CHAIN[:-1], "chain settled: 0 rows say that the pot was settled"),
        (CHAIN[:-1], "audit: row 8 is not the settled row that the proof names"),
        (retold("settled", []), "chain settled: 1 rows say that the pot was settled"),
        (
            changed(CHAIN, 7, action="voided", payload=None),
            "audit: row 8 is not the settled row that the proof names",
        ),
    ],
)
def test_what_is_wrong_with_a_chain_is_said(chain: Any, said: str) -> None:
    verdict = judge(chain=chain)
    assert not verdict.valid
    assert said in [f"{check.name}: {check.detail}" for check in verdict.failed]


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
        ("locked", "commit_hash", "0" * 64),
        ("locked", "lock_digest", "0" * 64),
        ("locked", "entries_root", "0" * 64),
        ("revealed", "reveal_seed", "0" * 64),
        ("settled", "entry_id", str(POT)),
        ("settled", "entrant_tag", "0" * 64),
        ("settled", "winning_ticket", 16),
        ("settled", "winning_ticket", True),
        ("settled", "settled_at", "2023-09-15T11:00:05.654321Z"),
        ("settled", "settled_at", None),
    ],
)
def test_a_chain_that_tells_another_story_is_caught_though_it_is_hashed_well(
    action: str, field: str, value: object
) -> None:
    row = next(row for row in CHAIN if row["action"] == action)
    metadata = json.loads(row["payload"] or "")["metadata"]
    verdict = judge(chain=retold(action, {**metadata, field: value}))
    why = f"{field} is {shown(value)} there, {shown(metadata[field])} in the proof"
    assert (f"chain {action}", "failed", why) in told(verdict)
    assert "chain links" not in failed(verdict)
    # The row has another hash then.
    assert "audit" in failed(verdict)
    why = f"{field} is null there, {shown(metadata.pop(field))} in the proof"
    assert (f"chain {action}", "failed", why) in told(judge(chain=retold(action, metadata)))


def test_a_checkpoint_beside_a_proof_is_the_one_in_it() -> None:
    another = ("checkpoint.txt", "failed", "it is not the checkpoint in the proof")
    assert told(judge(checkpoint="another")) == [another]
    assert failed(judge(checkpoint="any", proof=make_proof())) == {"checkpoint.txt"}


def test_beside_a_malformed_proof_nothing_more_is_said() -> None:
    for malformed in ({**PROOF, "hmac": 1}, {}):
        alone = verify(Document(malformed), Trust())
        assert failed(alone) == {"form"}
        assert judge(ENTRIES, CHAIN, "another", malformed) == alone


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
    (tmp_path / "checkpoint.txt").write_bytes(b"no text: \xff")
    assert bundle.locate(str(tmp_path), None, None)[1].checkpoint == "no text: \ufffd"


@pytest.mark.parametrize(
    ("name", "what"), [("entries", "the list of entries"), ("chain", "the chain")]
)
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{}", "cannot read {}: it is not a JSON list"),
        (b"null", "cannot read {}: it is not a JSON list"),
        (b"[", "{} is not JSON: Expecting value: line 1 column 2 (char 1)"),
        (
            b"[-0]",
            "cannot read {}: the number -0 is not read alike by every program",
        ),
        (
            b'[{"a":1,"a":1},{"b":1,"b":1},{"c":1,"c":1},{"d":1,"d":1}]',
            'cannot read {}: the key "a" appears twice in one object;'
            ' the key "b" appears twice in one object; the key "c" appears twice in one object',
        ),
        (
            b"\xff",
            "{} is not JSON: 'utf-8' codec can't decode byte 0xff in position 0:"
            " invalid start byte",
        ),
    ],
)
def test_what_is_no_list_is_told_with_what_it_was_to_be(
    tmp_path: Path, name: str, what: str, content: bytes, said: str
) -> None:
    (tmp_path / "proof.json").write_text(to_text(PROOF))
    for each in ("entries", "chain"):
        (tmp_path / f"{each}.json").write_text("[]")
    (tmp_path / f"{name}.json").write_bytes(content)
    with pytest.raises(UnreadableInputError) as error:
        bundle.locate(str(tmp_path), None, None)
    assert str(error.value) == said.format(what)


def test_a_directory_without_a_proof_is_no_export(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInputError) as error:
        bundle.locate(str(tmp_path), None, None)
    assert str(error.value) == f"cannot read {tmp_path}: it has no proof.json"


def test_a_dash_is_standard_input_whatever_else_has_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "-").mkdir()
    monkeypatch.chdir(tmp_path)
    assert bundle.locate("-", None, None) == ("-", bundle.Rest())


@pytest.mark.parametrize("outcome", ["paid", "returned"])
def test_the_chain_tells_of_a_held_payout_what_the_proof_tells(outcome: str) -> None:
    released = make_release(PROOF, outcome)
    waiting = {**released, "release": None}
    proofs = (released, waiting, PROOF)
    fits = ["was held", "was held", "was not held"]
    for number, proof in enumerate(proofs):
        for other, each in enumerate(proofs):
            verdict = judge(chain=make_chain(each), proof=proof)
            if other == number:
                outcome, said = "ok", f"the payout {fits[number]}, as the proof says"
            else:
                differing = "payout_held" if PROOF in (proof, each) else "payout_released"
                outcome, said = "failed", f"its rows {differing} differ from the proof"
            assert [check for check in verdict.checks if check.name == "chain payout"] == [
                Check("chain payout", outcome, said)  # type: ignore[arg-type]
            ]
            assert failed(verdict) == (set() if other == number else {"chain payout"})


@pytest.mark.parametrize(
    ("action", "name", "check"),
    [
        ("settled", "winning_ticket", "chain settled"),
        ("payout_held", "credits", "chain payout"),
        ("payout_released", "entries", "chain payout"),
    ],
)
def test_a_truth_is_not_the_number_one_that_the_proof_tells(
    action: str, name: str, check: str
) -> None:
    released = make_release(PROOF)
    released["winning_ticket"] = released["payout"]["credits"] = released["release"]["entries"] = 1
    chain = make_chain(released)

    def failing(rows: Any) -> set[str]:
        # The proof names the row that is there, as whoever made both would have it.
        named = {**released, "audit": {"seq": 8, "row_hash": rows[7]["row_hash"]}}
        checks = bundle.check_chain(named, rows)
        return {each.name for each in checks if each.outcome == "failed"}

    assert failing(chain) == set()
    number = next(i for i, row in enumerate(chain) if row["action"] == action)
    payload = json.loads(chain[number]["payload"])
    assert payload["metadata"][name] == 1
    payload["metadata"][name] = True
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"))
    assert failing(relinked(changed(chain, number, payload=text))) == {check}


@pytest.mark.parametrize("field", ["outcome", "released_at", "entries", "credits"])
def test_the_chain_tells_the_same_of_a_release_as_the_proof(field: str) -> None:
    released = make_release(PROOF)
    row = make_chain(released)[-1]
    assert row["action"] == "payout_released"
    payload = json.loads(row["payload"])
    for metadata in ({**payload["metadata"], field: None}, None, [field]):
        text = json.dumps({**payload, "metadata": metadata}, sort_keys=True, separators=(",", ":"))
        chain = relinked([*make_chain(released)[:-1], {**row, "payload": text}])
        assert failed(judge(chain=chain, proof=released)) == {"chain payout"}
