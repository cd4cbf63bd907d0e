"""Proofs of draw 2 from a real database, seen in time by a witness, and checked three ways."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from pypot_cli import proof, proof_export
from pypot_cli.fairness import note, signing
from pypot_cli.proof import bundle
from pypot_cli.rpc import ANON, player
from tests.support.beacon import Draws, serving
from tests.support.database import Database
from tests.support.game import assert_clean
from tests.support.lived import ORCHESTRATOR, Game
from tests.unit.proofs import leaves_of, name_of, replace, to_text
from tests.unit.test_verify_a_draw_page import PROGRAM, accepts, altered

LOG_SECRET, WITNESS_SECRET = b"\x0a" * 32, b"\x0b" * 32
WITNESS_NAME = "witness.example"
AFTER = 40.0
"""Seconds after which the round of a pot that locks now is surely given."""


@pytest.fixture
def draws(db: Database) -> Iterator[Draws]:
    played = Game(db)
    with played.api:
        played.settlement.round()
        yield Draws(played)
        assert_clean(db)


def publish(draws: Draws, seen_at: int) -> str:
    """Publish a checkpoint that a witness cosigned; the log's name."""
    api = draws.game.api
    prepared = api.call(ORCHESTRATOR, "prepare_checkpoint")
    text, origin = prepared["text"], prepared["origin"]
    signatures = (
        note.sign(LOG_SECRET, origin, text),
        note.cosign(WITNESS_SECRET, WITNESS_NAME, text, seen_at),
    )
    api.call(ORCHESTRATOR, "publish_checkpoint", note=str(note.Note(text, signatures)))
    name: str = origin
    return name


def trust(draws: Draws, found: dict[str, Any], origin: str) -> proof.Trust:
    """Trust in everything that took part."""
    return proof.Trust(
        orchestrator_keys=[bytes.fromhex(found["orchestrator"]["public_key"])],
        settlement_keys=[bytes.fromhex(found["settlement"]["public_key"])],
        beacon_keys=[signing.public_key(draws.key.reveal())],
        chains=[draws.chain],
        witness_keys=[witness_key()],
        log_keys=[note.VerifierKey(origin, note.ED25519, signing.public_key(LOG_SECRET))],
    )


def witness_key() -> note.VerifierKey:
    return note.VerifierKey(WITNESS_NAME, note.COSIGNATURE_V1, signing.public_key(WITNESS_SECRET))


def settle(draws: Draws) -> None:
    draws.set_clocks(AFTER)
    with serving(draws.beacon) as url:
        assert draws.submitter(url).round() == 1


def test_a_draw_that_a_witness_saw_in_time_is_verified_by_anybody(
    draws: Draws, tmp_path: Path
) -> None:
    users = draws.game.users(3)
    pot_id = draws.game.pot(draw_version=2)
    draws.game.fill(pot_id, users)
    early = receipts(draws, pot_id, users)
    draws.orchestrator.round()
    draws.settlement.round()
    origin = publish(draws, int(time.time()))
    settle(draws)

    out = tmp_path / "export"
    proof_export.export(draws.game.api, UUID(pot_id), out)
    assert {file.name for file in out.iterdir()} == {
        bundle.PROOF,
        bundle.ENTRIES,
        bundle.CHAIN,
        bundle.CHECKPOINT,
    }
    source, rest = bundle.locate(str(out), None, None)
    document = proof.open_proof(source)
    trusted = trust(draws, document.value, origin)
    verdict = bundle.with_rest(proof.verify(document, trusted), document.value, rest)
    assert {check.outcome for check in verdict.checks} == {"ok"}, verdict.checks
    assert verdict.summary == "valid, signed by the keys you trust; witnessed"

    # Whoever names no witness, or no beacon, is told so.
    stranger = proof.verify(document, proof.Trust(chains=[draws.chain]))
    assert (stranger.valid, stranger.witnessed) == (True, False)
    assert [check.name for check in proof.verify(document).failed] == ["beacon chain"]

    # Every player's receipts, from before the lock and after it.
    won = []
    for (user, before), (_, after) in zip(early, receipts(draws, pot_id, users), strict=True):
        for receipt, beside in ((after, None), (after, rest), (before, rest)):
            mine = proof.verify_receipt(
                proof.Document(receipt), document, user_id=user, trust=trusted, rest=beside
            )
            assert mine.valid, mine.checks
        assert {**after, **before} == after
        won.append(mine.won)
    assert won.count(True) == 1

    # The program that was written from the page, which shares no code with ours.
    info = tmp_path / "info.json"
    info.write_text(json.dumps(draws.beacon.info()))
    mine_file = tmp_path / "receipt.json"
    mine_file.write_text(json.dumps(after))
    done = subprocess.run(
        [
            *(sys.executable, "-I", PROGRAM, out / bundle.PROOF, "--info", info),
            *("--entries", out / bundle.ENTRIES, "--chain", out / bundle.CHAIN),
            *("--receipt", mine_file, "--user", str(user), "--witness", str(witness_key())),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    ticket = document.value["winning_ticket"]
    assert done.stdout == f"winning ticket {ticket} witnessed\n", done.stderr

    names: dict[str, Any] = {"__name__": "page"}
    exec(compile(PROGRAM.read_text(), str(PROGRAM), "exec"), names)  # noqa: S102 - our own
    keys = {"witness": str(witness_key())}
    loose = proof.Trust(chains=[draws.chain], witness_keys=[witness_key()])
    for at, value in leaves_of(document.value):
        tampered = replace(document.value, at, altered(value))
        ours = proof.verify(proof.read_proof(to_text(tampered).encode()), loose)
        theirs = accepts(names["verify"], tampered, keys, draws.beacon.info())
        if at[:2] != ("witness", "checkpoint"):
            assert (theirs is not False) == ours.valid, name_of(at)
        else:
            assert not ours.witnessed
            assert theirs is False or theirs[1] is False


def receipts(draws: Draws, pot_id: str, users: list[UUID]) -> list[tuple[UUID, dict[str, Any]]]:
    found = []
    api = draws.game.api
    for user in users:
        for entry in api.rows(player(user), "my_entries", pot_id=pot_id):
            one = api.call(player(user), "my_receipt", entry_id=entry["entry_id"])
            found.append((user, one))
    assert found
    return found


def test_a_lock_that_a_witness_saw_too_late_or_never_is_unwitnessed(draws: Draws) -> None:
    (pot_id,) = draws.revealed()
    settle(draws)
    found = draws.game.api.call(ANON, "get_proof", pot_id=pot_id)
    assert found["witness"] is None
    verdict = proof.verify(proof.Document(found), trust(draws, found, "any"))
    assert (verdict.valid, verdict.witnessed) == (True, False)

    # The cosignature says when it was given: after the round, however the operator dates its rows.
    origin = publish(draws, int(time.time() + AFTER))
    found = draws.game.api.call(ANON, "get_proof", pot_id=pot_id)
    assert found["witness"]["checkpoint"].startswith(origin)
    verdict = proof.verify(proof.Document(found), trust(draws, found, origin))
    assert verdict.valid, verdict.failed
    assert verdict.witnessed is False
