"""A lock is signed only if it is exactly what its public entries make it."""

import itertools
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from pypot_cli import lock
from pypot_cli.fairness import draw, merkle
from pypot_cli.fairness.beacon import QUICKNET
from pypot_cli.fairness.canonical import read_time
from pypot_cli.game import GAME
from pypot_cli.rules import rules_text

POT = uuid.UUID("5b0d2f60-3f3e-4c2e-9b1e-0d5f5a1c7a11")
LOCKED_AT = "2026-11-22T17:49:34.123456Z"
ENTRIES: list[dict[str, Any]] = [
    {"first_ticket": 0, "ticket_count": 3, "entrant_tag": "11" * 32},
    {"first_ticket": 3, "ticket_count": 1, "entrant_tag": "22" * 32},
    {"first_ticket": 4, "ticket_count": 2, "entrant_tag": "33" * 32},
]


def packed(entries: list[dict[str, Any]]) -> bytes:
    """A page of pack_lock_entries, decoded, of rows of list_lock_entries."""
    return b"".join(
        merkle.ENTRY.pack(
            each["first_ticket"], each["ticket_count"], bytes.fromhex(each["entrant_tag"])
        )
        for each in entries
    )


PACKED = [packed(ENTRIES[:2]), packed(ENTRIES[2:])]


def good_lock(**changes: Any) -> dict[str, Any]:
    commitment = draw.commit_hash(bytes(range(32)))
    rules = rules_text(entry_cost=10, max_tickets=6, max_per_user=3, min_participants=2)
    root = merkle.root(
        [
            merkle.leaf(POT, each["ticket_count"], bytes.fromhex(each["entrant_tag"]), GAME)
            for each in ENTRIES
        ]
    )
    digest = draw.lock_digest(
        round_id=POT,
        draw_version=1,
        commitment=commitment,
        rules=draw.rules_hash(rules, GAME),
        entries_root=root.hash,
        total_tickets=root.sum,
        locked_at=read_time(LOCKED_AT),
        game=GAME,
    )
    return {
        "pot_id": str(POT),
        "draw_version": 1,
        "rules_text": rules,
        "rules_hash": draw.rules_hash(rules, GAME).hex(),
        "commit_tag": draw.commit_tag(POT, commitment, GAME).hex(),
        "commit_hash": commitment.hex(),
        "entries_root": root.hash.hex(),
        "total_tickets": root.sum,
        "lock_digest": digest.hex(),
        "locked_at": LOCKED_AT,
        **changes,
    }


def test_a_lock_that_is_what_it_must_be_has_no_differences() -> None:
    assert lock.differences(good_lock(), PACKED) == []


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("pot_id", str(uuid.UUID(int=7)), "commit_tag"),
        ("draw_version", 3, "draw_version 3"),
        ("rules_text", "{}", "rules_text"),
        ("rules_text", good_lock()["rules_text"].replace(":6,", ":5,"), "6 tickets were sold of 5"),
        ("rules_text", good_lock()["rules_text"].replace(",", ", "), "rules_text"),
        ("rules_hash", "ab" * 32, "rules_hash"),
        ("commit_tag", "ab" * 32, "commit_tag"),
        ("commit_hash", "ab" * 32, "commit_tag"),
        ("entries_root", "ab" * 32, "root"),
        ("total_tickets", 7, "the entries have 6 tickets, the lock says 7"),
        ("lock_digest", "ab" * 32, "lock_digest"),
        ("locked_at", "2026-11-22T17:49:34.123457Z", "lock_digest"),
        ("locked_at", "yesterday", "malformed"),
        ("commit_hash", None, "malformed"),
        ("rules_text", "no JSON", "malformed"),
        ("total_tickets", None, "malformed"),
    ],
)
def test_every_altered_field_is_named(field: str, value: object, said: str) -> None:
    assert said in " ".join(lock.differences(good_lock(**{field: value}), PACKED))


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param([], id="none"),
        pytest.param(ENTRIES[:2], id="one left out"),
        pytest.param([ENTRIES[1], ENTRIES[0], ENTRIES[2]], id="another order"),
        pytest.param([*ENTRIES, ENTRIES[2]], id="one twice"),
        pytest.param([{**ENTRIES[0], "entrant_tag": "44" * 32}, *ENTRIES[1:]], id="another buyer"),
        pytest.param([{**ENTRIES[0], "ticket_count": 4}, *ENTRIES[1:]], id="another count"),
    ],
)
def test_other_entries_are_not_the_ones_locked(entries: list[dict[str, Any]]) -> None:
    assert lock.differences(good_lock(), [packed(entries)]) != []


def test_a_page_that_is_no_page_is_malformed() -> None:
    for page in (b"", PACKED[0][:-1]):
        (said,) = lock.differences(good_lock(), [page])
        assert "malformed" in said


def test_pages_are_asked_for_until_one_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PAGE_ENTRIES", 2)
    asked: list[object] = []

    def ask(function: str, **arguments: object) -> str:
        asked.append((function, arguments))
        return PACKED[len(asked) - 1].hex()

    assert list(lock.pages(ask, pot_id=POT)) == PACKED
    given = {"pot_id": POT, "page_size": 2}
    assert asked == [
        ("pack_lock_entries", {**given, "after_ticket": None}),
        ("pack_lock_entries", {**given, "after_ticket": 3}),
    ]


def test_a_page_that_is_longer_than_was_asked_for_is_malformed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lock, "PAGE_ENTRIES", 2)
    (said,) = lock.differences(good_lock(), lock.pages(lambda *_, **__: packed(ENTRIES).hex()))
    assert said == "the lock is malformed: ValueError: a page is of 2 entries at most"


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 7), (4, 2), (7, 1), (2**32 - 1, 1)])
def test_pages_without_an_end_are_read_until_the_locks_tickets_are_over(
    count: int, pages: int
) -> None:
    """A hostile database's: each entry goes on where the last one ended."""
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        for first in itertools.count(0, count):
            read += 1
            assert read < 20
            yield packed([{"first_ticket": first, "ticket_count": count, "entrant_tag": "11" * 32}])

    said = lock.differences(good_lock(), endless())
    assert said == [f"an entry of {count} tickets begins at {(read - 1) * count} of the lock's 6"]
    assert read == pages


def test_entries_of_a_wrong_order_are_named_once() -> None:
    page = packed([{**ENTRIES[1], "first_ticket": 5}] * 1000)
    said = lock.differences(good_lock(), itertools.repeat(page))
    assert said == ["an entry begins at ticket 5, not at 0"]


@pytest.mark.parametrize("total", [0, -1, 2**31, 2**63])
def test_a_lock_of_more_tickets_than_a_pot_can_have_is_not_read(total: int) -> None:
    read: list[bytes] = []

    def pages() -> Iterator[bytes]:
        for page in PACKED:
            read.append(page)
            yield page

    said = " ".join(lock.differences(good_lock(total_tickets=total), pages()))
    assert f"a pot has 1 to 2147483647 tickets, the lock says {total}" in said
    assert read == []


def test_a_page_goes_on_after_its_last_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PAGE_ENTRIES", 3)
    asked: list[object] = []

    def ask(_function: str, after_ticket: int | None, page_size: int) -> str:
        asked.append(after_ticket)
        return packed(ENTRIES).hex() if after_ticket is None else ""

    assert list(lock.pages(ask)) == [packed(ENTRIES), b""]
    assert asked == [None, 4]


def with_hashes(stated: dict[str, Any]) -> dict[str, Any]:
    """A lock of one entry at least that says the hashes of what it has, whatever it has."""
    rules = draw.rules_hash(stated["rules_text"], GAME)
    digest = draw.lock_digest(
        round_id=POT,
        draw_version=stated["draw_version"],
        commitment=bytes.fromhex(stated["commit_hash"]),
        rules=rules,
        entries_root=bytes.fromhex(stated["entries_root"]),
        total_tickets=stated["total_tickets"],
        locked_at=read_time(stated["locked_at"]),
        beacon_chain_hash=bytes.fromhex(stated.get("beacon_chain_hash") or "00" * 32),
        beacon_round=stated.get("beacon_round") or 0,
        game=GAME,
    )
    return {**stated, "rules_hash": rules.hex(), "lock_digest": digest.hex()}


RULES = good_lock()["rules_text"]


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        (
            good_lock(commit_tag="ab" * 32),
            "commit_hash is not the one that commit_tag bound at creation",
        ),
        (good_lock(rules_hash="ab" * 32), "rules_hash is not the hash of rules_text"),
        (
            with_hashes(good_lock(rules_text=RULES.replace(",", ", "))),
            "rules_text is not the canonical JSON of a draw 1 pot's rules",
        ),
        (
            with_hashes(good_lock(rules_text=RULES.replace(',"max', ',"draw_version":1,"max', 1))),
            "rules_text is not the canonical JSON of a draw 1 pot's rules",
        ),
        (
            with_hashes(
                good_lock(rules_text=RULES.replace('"draw_version":1', '"draw_version":2'))
            ),
            "rules_text and draw_version differ",
        ),
        (
            good_lock(beacon_chain_hash="ab" * 32),
            "rules_text and the lock name different beacons",
        ),
        (
            good_lock(commit_hash="ab"),
            "the lock is malformed: ValueError: commit_hash must be 64 lower-case hex digits",
        ),
    ],
)
def test_what_is_wrong_alone_is_said_alone(stated: dict[str, Any], said: str) -> None:
    assert lock.differences(stated, PACKED) == [said]


@pytest.mark.parametrize("total", [1, 2**31 - 1])
def test_the_smallest_and_the_largest_pot_can_be_locked(total: int) -> None:
    tag = "11" * 32
    entry = {"first_ticket": 0, "ticket_count": total, "entrant_tag": tag}
    rules = rules_text(entry_cost=1, max_tickets=total, max_per_user=total, min_participants=1)
    root = merkle.leaf(POT, total, bytes.fromhex(tag), GAME)
    stated = with_hashes(
        good_lock(rules_text=rules, entries_root=root.hash.hex(), total_tickets=total)
    )
    assert lock.differences(stated, [packed([entry])]) == []


@pytest.mark.parametrize("beacon", [None, {"chain_hash": "cd" * 32, "round": 7, "at": "later"}])
def test_what_a_pot_says_of_its_lock_is_read(beacon: dict[str, Any] | None) -> None:
    fairness = {"draw_version": 2, "rules_text": "{}", "commit_hash": "ab" * 32, "beacon": beacon}
    pot = {"id": str(POT), "locked_at": LOCKED_AT, "status": "locked", "fairness": fairness}
    assert lock.stated_by_pot(pot) == {
        **fairness,
        "pot_id": str(POT),
        "locked_at": LOCKED_AT,
        "beacon_chain_hash": "cd" * 32 if beacon else None,
        "beacon_round": 7 if beacon else None,
    }
    unlocked = lock.stated_by_pot({"id": str(POT), "locked_at": None, "fairness": {}})
    assert "malformed" in " ".join(lock.differences(unlocked, PACKED))


# ---------------------------------------------------------------------- draw 2

LOCKED = read_time(LOCKED_AT)
ROUND = QUICKNET.round_at(LOCKED + 30_000_000)


def beacon_lock(round_: int = ROUND, chain: bytes = QUICKNET.hash) -> dict[str, Any]:
    """A lock of draw 2 whose rules, digest and fields all say the same."""
    rules = rules_text(
        entry_cost=10,
        max_tickets=6,
        max_per_user=3,
        min_participants=2,
        beacon_chain_hash=chain.hex(),
    )
    made = good_lock(
        draw_version=2,
        rules_text=rules,
        rules_hash=draw.rules_hash(rules, GAME).hex(),
        beacon_chain_hash=chain.hex(),
        beacon_round=round_,
    )
    digest = draw.lock_digest(
        round_id=POT,
        draw_version=2,
        commitment=bytes.fromhex(made["commit_hash"]),
        rules=bytes.fromhex(made["rules_hash"]),
        entries_root=bytes.fromhex(made["entries_root"]),
        total_tickets=made["total_tickets"],
        locked_at=LOCKED,
        beacon_chain_hash=chain,
        beacon_round=round_,
        game=GAME,
    )
    return {**made, "lock_digest": digest.hex()}


def test_a_lock_of_draw_2_that_is_what_it_must_be_has_no_differences() -> None:
    assert QUICKNET.round_time(ROUND) - LOCKED in range(30_000_000, 33_000_001)
    assert lock.differences(beacon_lock(), PACKED) == []
    assert lock.differences(beacon_lock(), PACKED, now=LOCKED) == []


@pytest.mark.parametrize("other", [ROUND - 1, ROUND + 1, ROUND + 1000, 1])
def test_any_other_round_is_named_though_all_else_agrees(other: int) -> None:
    said = lock.differences(beacon_lock(other), PACKED)
    assert said == [f"the beacon's round must be {ROUND}, the lock says {other}"]


def test_a_beacon_that_is_not_trusted_is_named_though_all_else_agrees() -> None:
    stranger = bytes(31) + b"\1"
    said = lock.differences(beacon_lock(chain=stranger), PACKED)
    assert said == [f"the beacon {stranger.hex()} is not one this program trusts"]
    assert lock.differences(beacon_lock(), PACKED, {}) != []


def test_it_is_too_late_6_seconds_before_the_round() -> None:
    due = QUICKNET.round_time(ROUND)
    for now, late in ((due - 6_000_001, False), (due - 6_000_000, True), (due + 10**9, True)):
        said = lock.differences(beacon_lock(), PACKED, now=now)
        assert [("too late" in each) for each in said] == [True] * late


def test_a_seed_is_shown_in_time_alone() -> None:
    due = QUICKNET.round_time(ROUND)
    for now, shown in ((LOCKED, True), (due - 6_000_001, True), (due - 6_000_000, False)):
        assert lock.in_time(beacon_lock(), {QUICKNET.hash: QUICKNET}, now) is shown
        # Whatever else it says: a draw 1 waits for no beacon.
        of_draw_1 = {**beacon_lock(), "draw_version": 1}
        assert lock.in_time(of_draw_1, {QUICKNET.hash: QUICKNET}, now) is True


def test_the_name_of_what_is_malformed_is_said() -> None:
    (said,) = lock.differences({**beacon_lock(), "beacon_chain_hash": "ab"}, PACKED)
    assert "beacon_chain_hash must be" in said


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("draw_version", 1, "rules_text"),
        ("beacon_chain_hash", "ab" * 32, "different beacons"),
        ("beacon_chain_hash", None, "malformed"),
        ("beacon_round", None, "malformed"),
        ("beacon_round", str(ROUND), "malformed"),
        ("rules_text", good_lock()["rules_text"], "rules_text"),
        ("lock_digest", good_lock()["lock_digest"], "lock_digest"),
    ],
)
def test_every_altered_field_of_draw_2_is_named(field: str, value: object, said: str) -> None:
    assert said in " ".join(lock.differences({**beacon_lock(), field: value}, PACKED))


def test_a_lock_of_draw_1_names_no_beacon() -> None:
    altered = good_lock(beacon_chain_hash=QUICKNET.hash.hex(), beacon_round=ROUND)
    assert "different beacons" in " ".join(lock.differences(altered, PACKED))
