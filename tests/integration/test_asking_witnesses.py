"""Witnesses that answer anything but a cosignature: none of them is in the way of an honest one."""

import time
from collections.abc import Iterator

import pytest

from pypot_cli.audit_log import witnesses
from pypot_cli.audit_log.witnesses import Witnesses
from pypot_cli.fairness import note as notes
from pypot_cli.fairness import tlog
from pypot_cli.fairness.note import Note
from pypot_cli.fairness.tlog import Checkpoint
from pypot_cli.keys import new_secret
from tests.support.beacon import Liar, lying, stalling

CHECKPOINT = Checkpoint("log.example", 1, tlog.root([b"leaf"]))
LOG = new_secret()
NOTE = Note(CHECKPOINT.text(), (notes.sign(LOG.reveal(), CHECKPOINT.origin, CHECKPOINT.text()),))


def cosignature(name: str) -> notes.Signature:
    return notes.cosign(new_secret().reveal(), name, NOTE.text, 1_700_000_000)


def lines(count: int) -> bytes:
    return "".join(cosignature(f"w.example/{n}").line() for n in range(count)).encode()


def ask(asked: Witnesses) -> tuple[list[notes.Signature], list[str]]:
    return asked.cosign(NOTE, CHECKPOINT, lambda _: [])


@pytest.fixture
def liar() -> Iterator[Liar]:
    with lying() as made:
        yield made


@pytest.mark.timeout(30)
def test_one_that_never_ends_keeps_no_cosignature_of_another(
    liar: Liar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witnesses, "_SECONDS", 3.0)
    honest = cosignature("honest.example")
    liar.body = lambda _: honest.line().encode()
    with stalling() as silent, lying() as slow:
        slow.body, slow.drip_seconds = (lambda _: lines(1)), 0.05
        began = time.monotonic()
        found, problems = ask(Witnesses([silent, slow.url, liar.url]))
        assert time.monotonic() - began < 9
    assert found == [honest]
    assert [each.rpartition(" ")[2] for each in problems] == ["(ReadTimeout)"] * 2


def test_an_answer_that_is_too_long_is_none(liar: Liar) -> None:
    liar.body = lambda _: b" " * 50_000_000
    found, problems = ask(Witnesses([liar.url]))
    assert not found
    assert "longer than" in problems[0]


def test_one_witness_fills_no_checkpoint_with_signatures(liar: Liar) -> None:
    """Above 100 of them, a checkpoint is no signed note to anybody who verifies its proofs."""
    liar.body = lambda _: lines(200)
    asked = Witnesses([liar.url])
    assert ask(asked)[0] == []
    # Nor little by little, with other keys each time.
    liar.body = lambda _: lines(1)
    kept = {(each.name, each.key_id) for _ in range(20) for each in ask(asked)[0]}
    assert len(kept) == 4
