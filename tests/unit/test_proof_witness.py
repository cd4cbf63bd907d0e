"""What a report says of the witness: of the checkpoint, its two rows, and when it was seen."""

import dataclasses
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from pypot_cli.fairness import draw, note
from pypot_cli.fairness.canonical import read_time
from pypot_cli.game import GAME
from pypot_cli.proof import Trust
from pypot_cli.proof.verdict import Check
from pypot_cli.proof.witness import seen
from tests.unit.proofs import (
    ATTESTER_PUBLIC,
    LOG_KEY,
    QUICKNET,
    WITNESS_KEY,
    WITNESS_SECRET,
    make_chain,
    make_proof,
    make_witness,
    replace,
)

PROOF = make_proof(draw_2=QUICKNET)
ROUND = QUICKNET.chain.round_time(657413)
SEEN = ROUND // 1_000_000 - 12
TRUST = Trust(witness_keys=[WITNESS_KEY], log_keys=[LOG_KEY])
CHECKPOINT = Check("checkpoint", "ok", "log 'pots.example/log' with 21 rows")
LOG = Check("log key", "ok", "log 'pots.example/log' is one you trust, by its signature")
LOCKED = Check("locked row", "ok", "it is row 9 of that log, with lock_digest")
REVEALED = Check("revealed row", "ok", "it is row 18 of that log, with reveal_seed")
ORDER = Check("rows in order", "ok", "row 4 locked the pot, row 7 revealed its seed")
WITNESS = Check(
    "witness", "ok", "'witness.example' cosigned it at 2023-09-15T10:59:51Z, before the round"
)


def look(witness: Any = PROOF["witness"], trust: Trust = TRUST, due: int = ROUND) -> list[Check]:
    return list(seen({**PROOF, "witness": witness}, due, trust))


def test_what_was_seen_in_time_is_told_check_by_check() -> None:
    assert look() == [CHECKPOINT, LOG, LOCKED, REVEALED, ORDER, WITNESS]


def test_without_a_checkpoint_nothing_was_witnessed() -> None:
    said = Check("witness", "unwitnessed", "the proof carries no checkpoint with a cosignature")
    assert look(None) == [said]
    less = {name: value for name, value in PROOF.items() if name != "witness"}
    assert list(seen(less, ROUND, TRUST)) == [said]


def test_without_a_named_witness_nothing_was_witnessed() -> None:
    said = Check("witness", "unwitnessed", "say which witness you trust: --witness-key")
    assert look(trust=Trust()) == [CHECKPOINT, LOCKED, REVEALED, ORDER, said]
    stranger = dataclasses.replace(WITNESS_KEY, name="another.example")
    said = Check("witness", "unwitnessed", "no witness you trust cosigned the checkpoint")
    assert look(trust=Trust(witness_keys=[stranger]))[-1] == said


def test_a_log_is_trusted_by_its_name_and_its_signature_together() -> None:
    other = dataclasses.replace(LOG_KEY, public_key=ATTESTER_PUBLIC)
    # The witness's own signature stands under the checkpoint, but it is not the log.
    for key in (other, dataclasses.replace(LOG_KEY, name="another.example/log"), WITNESS_KEY):
        said = "log 'pots.example/log' is not one you trust, by its signature"
        assert look(trust=Trust(log_keys=[key]))[1] == Check("log key", "failed", said)
    assert look(trust=Trust(log_keys=[other, LOG_KEY]))[1] == LOG


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pots.example/log\n", "a signed note is a text, an empty line and signature lines"),
        ("a\n\n\u2014 b AAAAAAA=\n", "a checkpoint is three lines or more: origin, size and root"),
        ("a\n21\nAAAA\n\n\u2014 b AAAAAAA=\n", "a hash is 32 bytes in standard base64"),
    ],
)
def test_a_checkpoint_that_cannot_be_read_has_failed(text: str, said: str) -> None:
    found = look({**PROOF["witness"], "checkpoint": text})
    assert found == [Check("checkpoint", "failed", f"'{said}'")]


def test_a_checkpoint_of_no_characters_has_failed() -> None:
    (check,) = look({**PROOF["witness"], "checkpoint": "\ud800"})
    assert (check.name, check.outcome) == ("checkpoint", "failed")
    assert check.detail.startswith("\"'utf-8' codec can't encode character '\\\\ud800'")
    assert check.detail.isascii()


def rows_with(number: int, **changes: Any) -> list[dict[str, Any]]:
    """Return the chain with a row that really says something else, hashed as it is."""
    chain = make_chain(PROOF)
    row = chain[number] | changes
    row["row_hash"] = draw.audit_row_hash(
        round_id=UUID(PROOF["pot_id"]),
        seq=row["seq"],
        prev_hash=bytes.fromhex(row["prev_hash"]),
        created_at=read_time(row["created_at"]),
        payload=row["payload"],
        game=GAME,
    ).hex()
    chain[number] = row
    return chain


DIGEST = PROOF["lock_digest"]


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ("{", "its payload tells no action and lock_digest"),
        ("[]", "its payload tells no action and lock_digest"),
        ('{"action":"locked"}', "its payload tells no action and lock_digest"),
        ('{"action":"locked","metadata":null}', "its payload tells no action and lock_digest"),
        ('{"action":"locked","metadata":{}}', "its payload tells no action and lock_digest"),
        (
            f'{{"metadata":{{"lock_digest":"{DIGEST}"}},"action":"locked"}}',
            "its payload is not canonical JSON",
        ),
        (
            f'{{"action":"locked","metadata":{{"lock_digest":"{DIGEST}"}},"n":-0}}',
            "its payload is not canonical JSON",
        ),
        (
            '{"action":null,"metadata":{"lock_digest":1}}',
            "its payload tells of null with lock_digest 1",
        ),
        (
            f'{{"action":"paused","metadata":{{"lock_digest":"{DIGEST}"}}}}',
            f"its payload tells of 'paused' with lock_digest '{DIGEST}'",
        ),
        (
            '{"action":"locked","metadata":{"lock_digest":"\\u001b"}}',
            r"its payload tells of 'locked' with lock_digest '\x1b'",
        ),
    ],
)
def test_a_row_that_was_seen_says_canonically_what_the_proof_says(payload: str, said: str) -> None:
    witness = make_witness(rows_with(3, payload=payload), SEEN)
    failed = Check("locked row", "failed", said)
    assert look(witness) == [CHECKPOINT, LOG, failed, REVEALED, ORDER, WITNESS]


def test_another_seed_than_the_revealed_one_is_told() -> None:
    payload = make_chain({**PROOF, "reveal_seed": "1" * 64})[6]["payload"]
    said = f"its payload tells of 'revealed' with reveal_seed '{'1' * 64}'"
    witness = make_witness(rows_with(6, payload=payload), SEEN)
    assert look(witness)[3] == Check("revealed row", "failed", said)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seq", 3),
        ("prev_hash", "0" * 64),
        ("created_at", "2023-09-15T10:59:31.123455Z"),
        ("leaf_index", 8),
        ("path", []),
    ],
)
def test_a_row_that_is_not_in_the_log_as_it_stands_has_failed(name: str, value: object) -> None:
    changed = replace(PROOF, ("witness", "rows", 0, name), value)
    at = value if name == "leaf_index" else 9
    said = f"it is not row {at} of that log, with lock_digest"
    assert look(changed["witness"])[2] == Check("locked row", "failed", said)


@pytest.mark.parametrize(("seq", "outcome"), [(6, "ok"), (7, "failed"), (8, "failed")])
def test_the_lock_came_before_the_reveal(seq: int, outcome: Any) -> None:
    changed = replace(PROOF, ("witness", "rows", 0, "seq"), seq)
    said = f"row {seq} locked the pot, row 7 revealed its seed"
    assert look(changed["witness"])[4] == Check("rows in order", outcome, said)


@pytest.mark.parametrize(
    ("due", "before"),
    [(SEEN * 1_000_000 + 1, True), (SEEN * 1_000_000, False), (SEEN * 1_000_000 - 1, False)],
)
def test_a_cosignature_counts_from_before_the_round_alone(due: int, before: bool) -> None:
    late = "'witness.example' cosigned it at 2023-09-15T10:59:51Z only, which is not before the"
    said = WITNESS if before else Check("witness", "unwitnessed", f"{late} round")
    assert look(due=due)[-1] == said


def test_the_first_of_several_cosignatures_counts() -> None:
    read = note.read_note(PROOF["witness"]["checkpoint"].encode())
    keys, signatures = [WITNESS_KEY], list(read.signatures)
    for name, at in (("a.example", SEEN - 5), ("z.example", SEEN - 9)):
        signatures.append(note.cosign(WITNESS_SECRET, name, read.text, at))
        keys.append(dataclasses.replace(WITNESS_KEY, name=name))
    witness = {**PROOF["witness"], "checkpoint": str(note.Note(read.text, tuple(signatures)))}
    keys.append(dataclasses.replace(WITNESS_KEY, name="absent.example"))
    said = "'z.example' cosigned it at 2023-09-15T10:59:42Z, before the round"
    trust = Trust(witness_keys=keys, log_keys=[LOG_KEY])
    assert look(witness, trust)[-1] == Check("witness", "ok", said)


@pytest.fixture
def far_east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sets the clock of this process ahead of UTC."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "EAST-9")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("far_east")
def test_a_time_is_told_in_utc_wherever_it_is_read() -> None:
    assert look()[-1] == WITNESS


@pytest.mark.parametrize(
    ("seconds", "when"),
    [
        (253_402_300_799, "9999-12-31T23:59:59Z"),
        (253_402_300_800, "253402300800 seconds after 1970"),
        (2**63, "9223372036854775808 seconds after 1970"),
    ],
)
def test_a_time_that_has_no_date_is_told_in_seconds(seconds: int, when: str) -> None:
    witness = make_witness(make_chain(PROOF), seconds)
    said = f"'witness.example' cosigned it at {when} only, which is not before the round"
    assert look(witness)[-1] == Check("witness", "unwitnessed", said)
