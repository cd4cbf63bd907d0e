"""Each attack's moves, made on real pots by real calls: what does the system let happen?

A move that must be refused is refused by the name that is expected here; one that is open to an
operator is told as such, and what it wins is counted in bulk.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import count as count_from
from typing import Any
from uuid import UUID, uuid4

from pypot_cli.attack.operator import ACCEPTED, ORCHESTRATOR, SETTLEMENT, Operator, answer
from pypot_cli.attack.report import Answer, Report
from pypot_cli.db.cluster import Cluster
from pypot_cli.db.connection import query
from pypot_cli.fairness import draw, merkle, signing
from pypot_cli.fairness.note import COSIGNATURE_V1, Note, VerifierKey, cosign, sign
from pypot_cli.game import GAME
from pypot_cli.rpc import player

Move = tuple[str, str, str]
"""What was done, the answer it must have, the answer it had."""

REFUSED_BY_TRIGGER = "SQLSTATE 23514"
"""check_violation: a trigger refuses the owner of the tables."""

_REVEAL_TIMEOUT = 600.0
_A_WEEK = 7 * 86_400.0
# A round is 30 to 33 seconds after its lock, and a reveal ends 6 seconds before it.
_TOO_LATE = 27.5
_PAST_THE_ROUND = 40.0
_BACK = 3600.0
_WITNESS = "witness.example"
_VALID = "valid, signed by the keys you trust; "


def play(cluster: Cluster, names: Collection[str], report: Report) -> None:
    """Make the moves of the attacks named, and add the answers to the report."""
    with Operator(cluster) as operator:
        for attack, draw_versions, moves in _MOVES:
            for draw_version in draw_versions:
                if attack in names:
                    for move, expected, answered in moves(operator, draw_version):
                        report.answers.append(
                            Answer(attack, draw_version, move, expected, answered)
                        )


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
    operator.pass_time(61)
    yield (
        "join after the deadline",
        "pot_not_open",
        answer(lambda: operator.join(pot_id, operator.accomplice, 1)),
    )


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
    operator.pass_time(_REVEAL_TIMEOUT)
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
    pot_id, _, locked = operator.to_settling(draw_version)
    operator.reveal(pot_id, locked["lock_digest"])
    yield (
        "void the pot once the seed is revealed",
        "wrong_state",
        answer(lambda: _void(operator, pot_id)),
    )
    if draw_version == 2:
        operator.pass_time(_A_WEEK)
        while operator.api.call(ORCHESTRATOR, "run_due") is not None:
            pass
        yield (
            "hand in no beacon for a week, for the pot to be refunded",
            "it is settling still",
            f"it is {operator.pot(pot_id)['status']} still",
        )
        pot_id, _, locked = operator.to_settling(draw_version)
        operator.pass_time(_TOO_LATE)
        yield (
            "reveal within 6 seconds of the round, or after it",
            "wrong_state",
            answer(lambda: operator.reveal(pot_id, locked["lock_digest"])),
        )


def _late_exclusion(operator: Operator, draw_version: int) -> Iterator[Move]:
    pot_id, (entry_id, _), locked = operator.to_settling(draw_version)
    yield from _exclusions(operator, entry_id, "after the lock")
    operator.reveal(pot_id, locked["lock_digest"])
    yield from _exclusions(operator, entry_id, "after the reveal")
    yield (
        "hold the payout by a flag from after the reveal, backdated, as the tables' owner",
        REFUSED_BY_TRIGGER,
        answer(lambda: operator.owner.execute(query("attack/hold"), [entry_id])),
    )


def _exclusions(operator: Operator, entry_id: str, when: str) -> Iterator[Move]:
    yield (
        f"cancel an entry {when}",
        "pot_not_open",
        answer(
            lambda: operator.api.call(player(operator.honest), "cancel_entry", entry_id=entry_id)
        ),
    )
    yield (
        f"exclude an entry {when}, as compliance",
        "wrong_state",
        answer(
            lambda: operator.api.call(
                operator.compliance, "exclude_entry", entry_id=entry_id, reason="it would win"
            )
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


def _beacon_choice(operator: Operator, draw_version: int) -> Iterator[Move]:
    pot_id, digest, number = _revealed(operator, draw_version)
    yield (
        "hand in a round that is out before the lock's own",
        "wrong_state",
        answer(lambda: operator.hand_in(pot_id, digest, operator.beacon.latest())),
    )
    operator.pass_time(_PAST_THE_ROUND)
    yield (
        "hand in a beacon that no registered key attests",
        "invalid_signature",
        answer(lambda: operator.hand_in(pot_id, digest, number, secrets.token_bytes(32))),
    )
    outsider = secrets.token_bytes(32)
    operator.register_key("beacon", outsider)
    yield (
        "hand in nothing, while an outside party with a beacon key does",
        ACCEPTED,
        answer(lambda: operator.hand_in(pot_id, digest, number, outsider)),
    )
    yield (
        "hand in another round once the pot is settled",
        "wrong_state",
        answer(lambda: operator.hand_in(pot_id, digest, number + 1)),
    )
    pot_id, digest, number = _revealed(operator, draw_version)
    operator.pass_time(_PAST_THE_ROUND)
    operator.hand_in(pot_id, digest, number + 1)
    yield (
        "hand in another round by its own beacon key: the database pays, pypot verify says",
        "not valid: beacon.signature",
        operator.judged(pot_id),
    )


def _revealed(operator: Operator, draw_version: int) -> tuple[str, str, int]:
    """Play a pot until it waits for its beacon; return its id, its lock_digest and the round."""
    pot_id, _, locked = operator.to_settling(draw_version)
    operator.reveal(pot_id, locked["lock_digest"])
    return pot_id, locked["lock_digest"], operator.pot(pot_id)["fairness"]["beacon"]["round"]


def _backdating(operator: Operator, draw_version: int) -> Iterator[Move]:
    witness = Witness(operator)
    operator.set_clock_back(_BACK)
    pot_id = operator.open_pot(draw_version)
    operator.fill(pot_id)
    locked_at, round_time = _winning_moment(operator, pot_id)
    operator.stop_clock(locked_at)
    locked = operator.lock(pot_id)
    operator.api.call(SETTLEMENT, "claim_settlement", pot_id=pot_id)
    operator.reveal(pot_id, locked["lock_digest"])
    operator.stop_clock(round_time)
    number = operator.pot(pot_id)["fairness"]["beacon"]["round"]
    operator.hand_in(pot_id, locked["lock_digest"], number)
    operator.pass_time(0)
    yield (
        "lock and reveal an hour late, the clock set back to a moment that wins",
        "the accomplice wins",
        f"the accomplice {'wins' if operator.pot(pot_id)['winner']['mine'] else 'loses'}",
    )
    yield "what pypot verify says of it", _VALID + "unwitnessed", operator.judged(pot_id)
    witness.sees()
    yield (
        "have a witness cosign it now; what pypot verify --witness-key says",
        _VALID + "unwitnessed",
        operator.judged(pot_id, witness.key),
    )

    pot_id, digest, number = _revealed(operator, draw_version)
    witness.sees()
    operator.pass_time(_PAST_THE_ROUND)
    operator.hand_in(pot_id, digest, number)
    yield (
        "for comparison, lock and reveal in time, seen by the witness; what it says",
        _VALID + "witnessed",
        operator.judged(pot_id, witness.key),
    )


def _winning_moment(operator: Operator, pot_id: str) -> tuple[int, int]:
    """Return when to lock, by a clock set back, for the accomplice to win; and the round's time.

    Both in microseconds since 1970. The beacon is out, so each microsecond is another draw whose
    end is known.
    """
    seed = operator.seeds[pot_id]
    commitment = draw.commit_hash(seed)
    entries = operator.owner.execute(query("attack/entries"), [pot_id]).fetchall()
    root = merkle.root(
        [merkle.leaf(UUID(pot_id), count, bytes.fromhex(tag), GAME) for tag, count in entries]
    )
    rules = bytes.fromhex(operator.pot(pot_id)["fairness"]["rules_hash"])
    chain = operator.beacon.chain
    # Later than everything that happened to the pot by that clock.
    for late in count_from(int((operator.time() - _BACK + 5) * 1e6)):
        number = chain.round_at(late + 30_000_000)
        signature = operator.beacon.signature(number)
        if signature is None:
            raise AssertionError("the clock was not set back far enough to know the beacon")
        digest = draw.lock_digest(
            round_id=UUID(pot_id), draw_version=2, commitment=commitment, rules=rules,
            entries_root=root.hash, total_tickets=root.sum, locked_at=late,
            beacon_chain_hash=chain.hash, beacon_round=number, game=GAME,
        )  # fmt: skip
        index = draw.winner_index(draw.draw_hmac(seed, commitment), root.sum)
        turned = draw.rotation(signature, digest, root.sum)
        # The accomplice joined last: its five tickets are the upper half.
        if draw.rotated(index, turned, root.sum) >= root.sum // 2:
            return late, chain.round_time(number)
    raise AssertionError("unreachable: half of the moments win")


class Witness:
    """Somebody else, with a key and a clock of their own, who cosigns the log as it is shown."""

    def __init__(self, operator: Operator) -> None:
        self._operator = operator
        self._secret = secrets.token_bytes(32)
        self._log_secret = secrets.token_bytes(32)
        self.key = VerifierKey(_WITNESS, COSIGNATURE_V1, signing.public_key(self._secret))

    def sees(self) -> None:
        """Be shown the log by the operator, and cosign it with the time that it is."""
        shown = self._operator.api.call(ORCHESTRATOR, "prepare_checkpoint")
        text = shown["text"]
        signatures = (
            sign(self._log_secret, shown["origin"], text),
            cosign(self._secret, _WITNESS, text, int(self._operator.time())),
        )
        self._operator.api.call(
            ORCHESTRATOR, "publish_checkpoint", note=str(Note(text, signatures))
        )


_MOVES: Sequence[tuple[str, Sequence[int], Callable[[Operator, int], Iterator[Move]]]] = (
    ("last-look", (1, 2), _last_look),
    ("seed-grinding", (1, 2), _seed_grinding),
    ("commit-swap", (1, 2), _commit_swap),
    ("selective-abort", (1, 2), _selective_abort),
    ("late-exclusion", (1, 2), _late_exclusion),
    ("entry-reordering", (1, 2), _entry_reordering),
    ("beacon-choice", (2,), _beacon_choice),
    ("backdating", (2,), _backdating),
)
