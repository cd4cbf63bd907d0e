"""Each attack's moves, made on real pots by real calls: what does the system let happen?

A move that must be refused is refused by the name that is expected here; one that is open to an
operator is told as such, and what it wins is counted in bulk.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator
from typing import Any
from uuid import uuid4

from pypot_cli.attack.operator import ACCEPTED, ORCHESTRATOR, Operator, answer
from pypot_cli.attack.report import Answer, Report
from pypot_cli.db.cluster import Cluster
from pypot_cli.db.connection import query
from pypot_cli.fairness import draw
from pypot_cli.rpc import player

Move = tuple[str, str, str]
"""What was done, the answer it must have, the answer it had."""

REFUSED_BY_TRIGGER = "SQLSTATE 23514"
"""check_violation: a trigger refuses the owner of the tables."""

_REVEAL_TIMEOUT = 600.0
_LATER = 3 * 3600.0


def play(cluster: Cluster, names: Collection[str], report: Report) -> None:
    """Make the moves of the attacks named, and add the answers to the report."""
    with Operator(cluster) as operator:
        for attack, moves in _MOVES.items():
            for draw_version in (1,):
                if attack in names:
                    for move, expected, answered in moves(operator, draw_version):
                        report.answers.append(
                            Answer(attack, draw_version, move, expected, answered)
                        )
        operator.set_clock(0)


def _last_look(operator: Operator, draw_version: int) -> Iterator[Move]:
    pot_id = operator.open_pot(draw_version, max_tickets=20, fill_seconds=60)
    operator.join(pot_id, operator.honest)
    drawn = draw.draw_hmac(operator.seeds[pot_id], draw.commit_hash(operator.seeds[pot_id]))
    counts = [count for count in range(1, 6) if draw.winner_index(drawn, 5 + count) >= 5]
    yield (
        "join last with the count that the seed favours",
        ACCEPTED,
        answer(lambda: operator.join(pot_id, operator.accomplice, (counts or [5])[0])),
    )
    operator.set_clock(61)
    yield (
        "join after the deadline",
        "pot_not_open",
        answer(lambda: operator.join(pot_id, operator.accomplice, 1)),
    )
    operator.set_clock(0)


def _seed_grinding(operator: Operator, draw_version: int) -> Iterator[Move]:
    yield (
        "commit to the best of several seeds before the pot opens",
        ACCEPTED,
        answer(lambda: operator.commit(str(uuid4()), secrets.token_bytes(32))),
    )
    pot_id = operator.open_pot(draw_version)
    yield (
        "commit to another seed once the pot is open",
        "commit_reused",
        answer(lambda: operator.commit(pot_id, secrets.token_bytes(32))),
    )


def _commit_swap(operator: Operator, draw_version: int) -> Iterator[Move]:
    pot_id, _, locked = operator.to_settling(draw_version)
    yield (
        "reveal another seed, properly signed",
        "reveal_mismatch",
        answer(lambda: operator.reveal(pot_id, locked["lock_digest"], secrets.token_bytes(32))),
    )


def _selective_abort(operator: Operator, draw_version: int) -> Iterator[Move]:
    pot_id, _, locked = operator.to_settling(draw_version)
    operator.set_clock(_REVEAL_TIMEOUT)
    yield (
        "withhold the reveal, then reveal after all",
        "wrong_state",
        answer(lambda: operator.reveal(pot_id, locked["lock_digest"])),
    )
    yield (
        "have everybody refunded because of it, in public",
        ACCEPTED,
        answer(lambda: _refunded(operator, pot_id)),
    )
    operator.set_clock(0)
    pot_id, _, locked = operator.to_settling(draw_version)
    operator.reveal(pot_id, locked["lock_digest"])
    yield (
        "void the pot once the seed is revealed",
        "wrong_state",
        answer(lambda: _void(operator, pot_id)),
    )


def _late_exclusion(operator: Operator, draw_version: int) -> Iterator[Move]:
    pot_id, (entry_id, _), locked = operator.to_settling(draw_version)
    yield from _exclusions(operator, entry_id, "after the lock")
    operator.reveal(pot_id, locked["lock_digest"])
    yield from _exclusions(operator, entry_id, "after the reveal")


def _exclusions(operator: Operator, entry_id: str, when: str) -> Iterator[Move]:
    yield (
        f"cancel an entry {when}",
        "pot_not_open",
        answer(
            lambda: operator.api.call(player(operator.honest), "cancel_entry", entry_id=entry_id)
        ),
    )
    yield (
        f"strike an entry out of the table {when}, as its owner",
        REFUSED_BY_TRIGGER,
        answer(lambda: operator.owner.execute(query("attack/exclude"), [entry_id])),
    )


def _entry_reordering(operator: Operator, draw_version: int) -> Iterator[Move]:
    pot_id = operator.open_pot(draw_version)
    entry_id = operator.join(pot_id, operator.accomplice)
    operator.join(pot_id, operator.honest)
    yield (
        "cancel and join again, to stand in another place",
        ACCEPTED,
        answer(lambda: _join_again(operator, pot_id, entry_id)),
    )
    pot_id = operator.open_pot(draw_version)
    entry_id, _ = operator.fill(pot_id)
    operator.api.call(ORCHESTRATOR, "lock_pot", pot_id=pot_id)
    yield (
        "renumber an entry after the lock, as the table's owner",
        REFUSED_BY_TRIGGER,
        answer(lambda: operator.owner.execute(query("attack/renumber"), [entry_id])),
    )
    yield (
        "attest a lock with other entries than the database has",
        "invalid_signature",
        answer(lambda: operator.attest(pot_id, secrets.token_bytes(32))),
    )


def _join_again(operator: Operator, pot_id: str, entry_id: str) -> Any:
    operator.api.call(player(operator.accomplice), "cancel_entry", entry_id=entry_id)
    return operator.join(pot_id, operator.accomplice)


def _void(operator: Operator, pot_id: str) -> Any:
    return operator.api.call(operator.compliance, "void_pot", pot_id=pot_id, reason="it lost")


def _refunded(operator: Operator, pot_id: str) -> None:
    """Have run_due do everything that is due; raise AssertionError unless it refunds the pot."""
    while (done := operator.api.call(ORCHESTRATOR, "run_due")) is not None:
        if done["pot_id"] == pot_id and done["task"] == "refund":
            return
    raise AssertionError("run_due refunds no pot whose reveal is overdue")


_MOVES: dict[str, Callable[[Operator, int], Iterator[Move]]] = {
    "last-look": _last_look,
    "seed-grinding": _seed_grinding,
    "commit-swap": _commit_swap,
    "selective-abort": _selective_abort,
    "late-exclusion": _late_exclusion,
    "entry-reordering": _entry_reordering,
}
