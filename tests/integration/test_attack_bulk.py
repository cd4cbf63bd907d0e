"""The attacks in bulk: counted as a second implementation counts them, and blind to no bent draw.

The second implementation plays the same rounds in Python with `pypot_cli.fairness`, from the same
keyed stream.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import psycopg
import pytest

from pypot_cli.attack import bulk
from pypot_cli.attack.report import Rate, Report
from pypot_cli.fairness import draw, merkle
from pypot_cli.fairness.beacon import QUICKNET
from tests.support.database import Database

pytestmark = pytest.mark.postgres(17, 15)

SEED = "a seed of the tests"
KEY = sha256(SEED.encode()).digest()
DRAWS = 60
EPOCH = int(datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC).timestamp()) * 1_000_000
RULES = draw.rules_hash('{"rules":"of the attacked rounds"}', "pots")


def stream(label: str, number: int) -> bytes:
    return draw.hmac_sha256(KEY, label.encode() + number.to_bytes(8, "big"))


def beacon(number: int) -> bytes:
    return stream("beacon", number) + stream("beacon, continued", number)[:16]


@dataclass
class Round:
    """One round as it is, before anybody bends it."""

    n: int

    def __post_init__(self) -> None:
        self.id = UUID(bytes=stream("round", self.n)[:16])
        self.seed = stream("seed", self.n)
        self.slot = self.n % 10
        self.locked_at = EPOCH + self.n * 60_000_000
        self.beacon_round = QUICKNET.round_at(self.locked_at + 30_000_000)

    def ticket(
        self,
        version: int,
        *,
        seed: bytes | None = None,
        counts: tuple[int, ...] = (10,) * 10,
        slot: int | None = None,
        total: int | None = None,
        late_by: int = 0,
        beacon_round: int | None = None,
        swapped: bytes | None = None,
    ) -> int:
        """The winning ticket of this round with something changed; `total` is drawn from."""
        seed = seed or self.seed
        order = list(range(1, 10))
        order.insert(self.slot if slot is None else slot, 0)
        root = merkle.root(
            [
                merkle.leaf(self.id, count, stream("tag", 16 * self.n + entrant), "pots")
                for entrant, count in zip(order, counts, strict=True)
            ]
        )
        total = total or root.sum
        commitment = draw.commit_hash(seed)
        index = draw.winner_index(draw.draw_hmac(swapped or seed, commitment), total)
        if version == 1:
            return index
        digest = draw.lock_digest(
            round_id=self.id,
            draw_version=2,
            commitment=commitment,
            rules=RULES,
            entries_root=root.hash,
            total_tickets=root.sum,
            locked_at=self.locked_at + late_by,
            beacon_chain_hash=QUICKNET.hash,
            beacon_round=self.beacon_round,
            game="pots",
        )
        signature = beacon(beacon_round or self.beacon_round)
        return draw.rotated(index, draw.rotation(signature, digest, total), total)

    def is_mine(self, ticket: int) -> bool:
        return ticket // 10 == self.slot


ROUNDS = [Round(n) for n in range(DRAWS)]
TRIES = range(bulk.TRIES)


def last_look(version: int) -> tuple[int, int]:
    wins = 0
    for each in ROUNDS:
        counts = [(*((10,) * 9), count) for count in range(1, 11)]
        bought = next((c for c in counts if each.ticket(1, counts=c, slot=9) >= 90), counts[-1])
        wins += each.ticket(version, counts=bought, slot=9) >= 90
    return wins, DRAWS


def seed_grinding(version: int) -> tuple[int, int]:
    wins = 0
    for each in ROUNDS:
        seeds = [stream("ground seed", 1000 * each.n + 1 + number) for number in TRIES]
        best = next((s for s in seeds if each.is_mine(each.ticket(1, seed=s))), seeds[0])
        wins += each.is_mine(each.ticket(version, seed=best))
    return wins, DRAWS


def honest(version: int) -> tuple[int, int]:
    return sum(each.is_mine(each.ticket(version)) for each in ROUNDS), DRAWS


def selective_abort(version: int) -> tuple[int, int]:
    settled = [each for each in ROUNDS if each.is_mine(each.ticket(1))]
    return sum(each.is_mine(each.ticket(version)) for each in settled), len(settled)


def entry_order(version: int) -> tuple[int, int]:
    places = [each.ticket(1) // 10 for each in ROUNDS]
    return (
        sum(
            each.ticket(version, slot=place) // 10 == place
            for each, place in zip(ROUNDS, places, strict=True)
        ),
        DRAWS,
    )


def backdated(_version: int) -> tuple[int, int]:
    return (
        sum(any(each.is_mine(each.ticket(2, late_by=late)) for late in TRIES) for each in ROUNDS),
        DRAWS,
    )


EXPECTED: dict[str, Callable[[int], tuple[int, int]]] = {
    "last_look": last_look,
    "seed_grinding": seed_grinding,
    "commit_swap": honest,
    "selective_abort": selective_abort,
    "late_exclusion": honest,
    "entry_order": entry_order,
    "beacon_choice": honest,
}


def moves_found(name: str, version: int) -> int:
    """How many rounds have a move that would win, were it let stand."""
    if name == "commit_swap":
        found = (
            any(
                each.is_mine(
                    each.ticket(version, swapped=stream("swapped seed", 1000 * each.n + 1 + number))
                )
                for number in TRIES
            )
            for each in ROUNDS
        )
    elif name == "late_exclusion":
        found = (
            any(
                each.ticket(version, total=90) // 10 == each.slot - (left_out < each.slot)
                for left_out in range(10)
                if left_out != each.slot
            )
            for each in ROUNDS
        )
    elif name == "beacon_choice":
        found = (
            any(
                each.is_mine(each.ticket(2, beacon_round=each.beacon_round + 1 + number))
                for number in TRIES
            )
            for each in ROUNDS
        )
    else:
        return DRAWS
    return sum(found)


@pytest.fixture
def conn(db: Database) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the functions' owner: nobody else may call them."""
    with db.connect() as connection:
        yield connection


def play(conn: psycopg.Connection[Any], *names: str, draws: int = DRAWS) -> Report:
    report = Report(SEED)
    bulk.play(conn, draws, names or bulk.NAMES, report, lambda _count: None)
    return report


def by_attack(report: Report) -> dict[tuple[str, bool, int], Rate]:
    return {
        (rate.attack, "witness required" in rate.variant, rate.draw_version): rate
        for rate in report.rates
    }


def test_every_attack_is_counted_as_a_second_implementation_counts_it(
    conn: psycopg.Connection[Any],
) -> None:
    rates = by_attack(play(conn))
    for attack in bulk.ATTACKS:
        for version in (1, 2):
            rate = rates.get((attack.name, bool(attack.parameters.get("witness")), version))
            if rate is None:
                assert version == 1
                assert attack.query in {"beacon_choice", "backdating"}
            elif attack.query == "backdating":
                expected = honest if attack.parameters["witness"] else backdated
                assert (rate.wins, rate.draws) == expected(2)
                assert rate.moves == backdated(2)[0]
                assert rate.accepted == (0 if attack.parameters["witness"] else rate.moves)
            else:
                assert (rate.wins, rate.draws) == EXPECTED[attack.query](version), attack
                assert rate.moves == moves_found(attack.query, version), attack
    assert {rate.accepted for key, rate in rates.items() if key[0] == "commit-swap"} == {0}
    assert {rate.accepted for key, rate in rates.items() if key[0] == "late-exclusion"} == {0}
    assert rates["beacon-choice", False, 2].accepted == 0


def test_winners_of_honest_rounds_are_counted_by_ticket(conn: psycopg.Connection[Any]) -> None:
    report = play(conn, bulk.UNIFORMITY)
    assert report.rates == []
    assert [(each.draw_version, each.by, each.draws) for each in report.uniformity] == [
        (version, by, DRAWS) for version in (1, 2) for by in ("ticket", "ticket share")
    ]
    for version in (1, 2):
        wins = Counter(each.ticket(version) for each in ROUNDS)
        statistic = sum((wins[ticket] - DRAWS / 100) ** 2 / (DRAWS / 100) for ticket in range(100))
        assert report.uniformity[2 * version - 2].statistic == pytest.approx(statistic)


@pytest.mark.postgres(17)
def test_the_same_seed_plays_the_same_rounds_whatever_the_batch(
    conn: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = play(conn, "seed-grinding")
    conn.execute("discard temp")
    monkeypatch.setattr(bulk, "BATCH", 7)
    again = play(conn, "seed-grinding")
    assert [rate.wins for rate in again.rates] == [rate.wins for rate in first.rates]


@pytest.mark.postgres(17)
def test_nothing_of_it_is_kept(conn: psycopg.Connection[Any]) -> None:
    play(conn, "last-look")
    row = conn.execute("select count(*) from private.merkle_levels").fetchone()
    assert row == (0,)


# What follows breaks the draw: a command that calls everything fair proves nothing.

BROKEN = """
    create or replace function private.{signature}
    returns {type} language sql immutable strict set search_path = '' as $$ select {body} $$
"""


def broken(conn: psycopg.Connection[Any], signature: str, result: str, body: str) -> list[str]:
    conn.execute(BROKEN.format(signature=signature, type=result, body=body).encode())
    return play(conn, draws=400).broken


@pytest.mark.postgres(17)
def test_a_draw_2_without_its_rotation_is_called_unfair(conn: psycopg.Connection[Any]) -> None:
    sentences = broken(
        conn,
        "draw_rotation(p_beacon_signature bytea, p_lock_digest bytea, p_total bigint)",
        "bigint",
        "0::bigint",
    )
    assert [sentence.split(" ")[0] for sentence in sentences] == [
        "last-look", "seed-grinding", "selective-abort", "entry-reordering",
    ]  # fmt: skip


@pytest.mark.postgres(17)
def test_entries_that_no_root_binds_are_called_unfair(conn: psycopg.Connection[Any]) -> None:
    conn.execute(
        """
        create or replace function private.store_merkle_tree(p_tree_id uuid, p_leaves bytea)
        returns bytea language sql volatile strict set search_path = ''
        as $$ select int8send(100) || sha256('no leaf is in this') $$
        """
    )
    sentences = play(conn, draws=400).broken
    assert [sentence.split(" ")[0] for sentence in sentences] == ["late-exclusion"]


@pytest.mark.postgres(17)
def test_a_draw_that_favours_a_ticket_is_called_unfair(conn: psycopg.Connection[Any]) -> None:
    sentences = broken(
        conn,
        "draw_index(p_hmac bytea, p_total bigint)",
        "bigint",
        "(get_byte(p_hmac, 0) & 63)::bigint % p_total",
    )
    assert {sentence.split(":")[0] for sentence in sentences} >= {
        "uniformity by ticket",
        "uniformity by ticket share",
    }
