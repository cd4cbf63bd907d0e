"""A witness that is killed around its write forgets nothing that it cosigned, and goes on."""

import signal
from pathlib import Path

import httpx
import pytest

from pypot_cli.audit_log.witnesses import Witnesses
from pypot_cli.fairness import note as notes
from pypot_cli.fairness import tlog
from pypot_cli.fairness.note import Note
from pypot_cli.fairness.tlog import Checkpoint
from pypot_cli.keys import new_secret
from tests.support.witness import vkey_of_log, witness

ORIGIN = "log.example"
KEY = new_secret()
LEAVES = [str(n).encode() for n in range(9)]
FORK = [*LEAVES[:3], b"another", *LEAVES[4:]]


def ask(url: str, leaves: list[bytes], size: int) -> tuple[list[notes.Signature], list[str]]:
    checkpoint = Checkpoint(ORIGIN, size, tlog.root(leaves[:size]))
    note = Note(checkpoint.text(), (notes.sign(KEY.reveal(), ORIGIN, checkpoint.text()),))
    return Witnesses([url]).cosign(
        note, checkpoint, lambda old: tlog.consistency_path(leaves[:size], old)
    )


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_witness_killed_around_its_write_cosigns_one_history(tmp_path: Path, moment: str) -> None:
    log_key = vkey_of_log(ORIGIN, KEY)
    with witness(tmp_path, log_key) as first:
        assert len(ask(first.url, LEAVES, 3)[0]) == 1
        vkey = first.vkey
    with witness(tmp_path, log_key, crash_at=f"{moment} remember") as killed:
        signatures, problems = ask(killed.url, LEAVES, 7)
        assert (signatures, len(problems)) == ([], 1)
        assert killed.process.wait(30) == -signal.SIGKILL
    with witness(tmp_path, log_key) as again:
        assert again.vkey == vkey
        # What it may have cosigned before it died is bound; what it did not is free.
        signatures, problems = ask(again.url, FORK, 7)
        assert (len(signatures), len(problems)) == ((1, 0) if moment == "before" else (0, 1))
        history, other = (FORK, LEAVES) if moment == "before" else (LEAVES, FORK)
        assert len(ask(again.url, history, 9)[0]) == 1
        assert ask(again.url, other, 9)[0] == []
    left = {each.name for each in tmp_path.iterdir()}
    assert {"witness.key", "seen.json", "seen.json.lock"} <= left


def test_a_witness_takes_no_endless_body(tmp_path: Path) -> None:
    with witness(tmp_path, vkey_of_log(ORIGIN, KEY)) as running:
        answer = httpx.post(f"{running.url}/add-checkpoint", content=b"x" * 100_000, timeout=10)
        assert answer.status_code == 413
        assert httpx.get(f"{running.url}/add-checkpoint", timeout=10).status_code == 405
