"""What a lock must be before anyone signs it: recomputed from the public entries, not believed.

Pure. Both services use it: the orchestrator before it attests, the signer before it reveals, and
whoever hands in a beacon before it answers for one.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from pypot_cli.fairness import draw, merkle
from pypot_cli.fairness.beacon import BUILT_IN, Chain, Chains
from pypot_cli.fairness.canonical import canonical_json, read_hex, read_json, read_time
from pypot_cli.game import GAME
from pypot_cli.rules import BEACON_AFTER_LOCK, REVEAL_BEFORE_BEACON, RULES_KEYS

PAGE_ENTRIES = 10_000
"""Of a page of pack_lock_entries, each of them a `merkle.ENTRY`."""

_TICKETS = struct.Struct(">QI32x")

_MOST_TICKETS = 2**31 - 1
"""Of any pot: the contract's integer. As many entries at most, each of one ticket."""


def pages(ask: Callable[..., str], **arguments: Any) -> Iterator[bytes]:
    """Yield the pages of pack_lock_entries, decoded; `ask` makes the call with `arguments`.

    Raises ValueError for what is no hexadecimal or longer than a page, struct.error for a part of
    an entry.
    """
    after = None
    while True:
        text = ask("pack_lock_entries", **arguments, after_ticket=after, page_size=PAGE_ENTRIES)
        if len(text) > 2 * PAGE_ENTRIES * merkle.ENTRY.size:
            raise ValueError(f"a page is of {PAGE_ENTRIES} entries at most")
        page = bytes.fromhex(text)
        yield page
        if len(page) < PAGE_ENTRIES * merkle.ENTRY.size:
            return
        (after, _) = _TICKETS.unpack(page[-merkle.ENTRY.size :])


def stated_by_pot(pot: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `differences` reads of a lock out of what get_pot answers.

    A pot that is not locked gives what is malformed.
    """
    fairness: Mapping[str, Any] = pot["fairness"]
    beacon: Mapping[str, Any] = fairness.get("beacon") or {}
    return {
        **fairness,
        "pot_id": pot["id"],
        "locked_at": pot["locked_at"],
        "beacon_chain_hash": beacon.get("chain_hash"),
        "beacon_round": beacon.get("round"),
    }


def differences(
    stated: Mapping[str, Any],
    entries: Iterable[bytes],
    chains: Chains = BUILT_IN,
    *,
    now: int | None = None,
) -> list[str]:
    """Return what is wrong with a lock, as sentences; none: it is exactly what it must be.

    `stated` has the fields `pot_id, draw_version, rules_text, rules_hash, commit_tag, commit_hash,
    entries_root, total_tickets, lock_digest, locked_at` as get_pot, lock_pot and claim_settlement
    write them, and with draw 2 `beacon_chain_hash` (of one of `chains`) and `beacon_round`;
    `entries` the pages of pack_lock_entries, decoded, in ticket order. With `now`, the caller's own
    time in microseconds since 1970, it is also wrong to be too late for a reveal: whoever dates a
    lock back knows the beacon already. Anything malformed is one of the sentences: nothing is
    raised for what a database may answer, and no more is read of it than a lock of `total_tickets`
    can have, nor more held than a page.
    """
    try:
        return list(_differences(stated, entries, chains, now))
    except (
        KeyError, TypeError, ValueError, OverflowError, AttributeError, struct.error
    ) as error:  # fmt: skip
        return [f"the lock is malformed: {type(error).__name__}: {error}"]


def in_time(stated: Mapping[str, Any], chains: Chains, now: int) -> bool:
    """Say whether a seed may still be revealed for a lock in which `differences` found nothing.

    `now` is the caller's own time in microseconds since 1970.
    """
    if stated["draw_version"] != 2:
        return True
    chain = chains[bytes.fromhex(stated["beacon_chain_hash"])]
    return _is_before_beacon(chain, stated["beacon_round"], now)


def _is_before_beacon(chain: Chain, number: int, now: int) -> bool:
    return now < chain.round_time(number) - REVEAL_BEFORE_BEACON


def _differences(
    stated: Mapping[str, Any],
    entries: Iterable[bytes],
    chains: Chains,
    now: int | None,
) -> Iterator[str]:
    pot_id = UUID(stated["pot_id"])
    rules_text: str = stated["rules_text"]
    commitment = read_hex(stated["commit_hash"], 32, "commit_hash")
    total: int = stated["total_tickets"]
    locked_at = read_time(stated["locked_at"])

    if stated["draw_version"] not in RULES_KEYS:
        yield f"draw_version {stated['draw_version']} is not one this program knows"
    beacon_chain_hash, beacon_round = draw.NO_BEACON, 0
    if stated["draw_version"] == 2:
        beacon_chain_hash = read_hex(stated["beacon_chain_hash"], 32, "beacon_chain_hash")
        beacon_round = stated["beacon_round"]
        chain = chains.get(beacon_chain_hash)
        yield from _beacon_differences(chain, beacon_chain_hash, beacon_round, locked_at, now)
    yield from _rules_differences(stated, rules_text, total)
    if draw.commit_tag(pot_id, commitment, GAME).hex() != stated["commit_tag"]:
        yield "commit_hash is not the one that commit_tag bound at creation"

    if not 1 <= total <= _MOST_TICKETS:
        yield f"a pot has 1 to {_MOST_TICKETS} tickets, the lock says {total}"
        return
    tree = merkle.GrowingTree()
    next_ticket = 0
    for page in entries:
        for first, count in _TICKETS.iter_unpack(page):
            # At the first that is wrong, since pages may go on for ever.
            if first != next_ticket:
                yield f"an entry begins at ticket {first}, not at {next_ticket}"
                return
            if not 1 <= count <= total - first:
                yield f"an entry of {count} tickets begins at {first} of the lock's {total}"
                return
            next_ticket = first + count
        tree.add(merkle.packed_leaves(pot_id, page, GAME))
    root = tree.root()
    if root.hash.hex() != stated["entries_root"]:
        yield f"the entries have the root {root.hash.hex()}, the lock says {stated['entries_root']}"
    if root.sum != total:
        yield f"the entries have {root.sum} tickets, the lock says {total}"

    digest = draw.lock_digest(
        round_id=pot_id,
        draw_version=stated["draw_version"],
        commitment=commitment,
        rules=draw.rules_hash(rules_text, GAME),
        entries_root=root.hash,
        total_tickets=root.sum,
        locked_at=locked_at,
        beacon_chain_hash=beacon_chain_hash,
        beacon_round=beacon_round,
        game=GAME,
    )
    if digest.hex() != stated["lock_digest"]:
        yield f"lock_digest must be {digest.hex()}, the lock says {stated['lock_digest']}"


def _beacon_differences(
    chain: Chain | None, chain_hash: bytes, number: int, locked_at: int, now: int | None
) -> Iterator[str]:
    if chain is None:
        yield f"the beacon {chain_hash.hex()} is not one this program trusts"
        return
    expected = chain.round_at(locked_at + BEACON_AFTER_LOCK)
    if number != expected:
        yield f"the beacon's round must be {expected}, the lock says {number}"
    elif now is not None and not _is_before_beacon(chain, number, now):
        yield f"too late for a reveal: the beacon's round {number} is about to be known, or is"


def _rules_differences(stated: Mapping[str, Any], rules_text: str, total: int) -> Iterator[str]:
    rules, ambiguous = read_json(rules_text)
    keys = RULES_KEYS.get(stated["draw_version"])
    if ambiguous or canonical_json(rules) != rules_text or tuple(rules) != keys:
        yield f"rules_text is not the canonical JSON of a draw {stated['draw_version']} pot's rules"
    elif rules["draw_version"] != stated["draw_version"]:
        yield "rules_text and draw_version differ"
    elif rules.get("beacon_chain_hash") != stated.get("beacon_chain_hash"):
        yield "rules_text and the lock name different beacons"
    elif total > rules["max_tickets"]:
        yield f"{total} tickets were sold of {rules['max_tickets']}"
    if draw.rules_hash(rules_text, GAME).hex() != stated["rules_hash"]:
        yield "rules_hash is not the hash of rules_text"
