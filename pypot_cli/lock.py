"""What a lock must be before anyone signs it: recomputed from the public entries, not believed.

Pure. Both services use it: the orchestrator before it attests, the signer before it reveals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from pypot_cli.fairness import draw, merkle
from pypot_cli.fairness.canonical import canonical_json, read_hex, read_json, read_time
from pypot_cli.game import GAME
from pypot_cli.rules import RULES_KEYS


def differences(stated: Mapping[str, Any], entries: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what is wrong with a lock, as sentences; none: it is exactly what it must be.

    `stated` has the fields `pot_id, draw_version, rules_text, rules_hash, commit_tag, commit_hash,
    entries_root, total_tickets, lock_digest, locked_at` as get_pot, lock_pot and claim_settlement
    write them; `entries` the rows of list_lock_entries in ticket order. Anything malformed is one
    of the sentences: nothing is raised for what a database may answer.
    """
    try:
        return list(_differences(stated, entries))
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        return [f"the lock is malformed: {type(error).__name__}: {error}"]


def _differences(stated: Mapping[str, Any], entries: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    pot_id = UUID(stated["pot_id"])
    rules_text: str = stated["rules_text"]
    commitment = read_hex(stated["commit_hash"], 32, "commit_hash")
    total: int = stated["total_tickets"]

    if stated["draw_version"] != 1:
        yield f"draw_version {stated['draw_version']} is not one this program knows"
    yield from _rules_differences(stated, rules_text, total)
    if draw.commit_tag(pot_id, commitment, GAME).hex() != stated["commit_tag"]:
        yield "commit_hash is not the one that commit_tag bound at creation"

    leaves: list[merkle.Node] = []
    next_ticket = 0
    for entry in entries:
        if entry["first_ticket"] != next_ticket:
            yield f"an entry begins at ticket {entry['first_ticket']}, not at {next_ticket}"
        tag = read_hex(entry["entrant_tag"], 32, "entrant_tag")
        leaves.append(merkle.leaf(pot_id, entry["ticket_count"], tag, GAME))
        next_ticket += entry["ticket_count"]
    root = merkle.root(leaves)
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
        locked_at=read_time(stated["locked_at"]),
        game=GAME,
    )
    if digest.hex() != stated["lock_digest"]:
        yield f"lock_digest must be {digest.hex()}, the lock says {stated['lock_digest']}"


def _rules_differences(stated: Mapping[str, Any], rules_text: str, total: int) -> Iterator[str]:
    rules, ambiguous = read_json(rules_text)
    keys = RULES_KEYS.get(stated["draw_version"])
    if ambiguous or canonical_json(rules) != rules_text or tuple(rules) != keys:
        yield f"rules_text is not the canonical JSON of a draw {stated['draw_version']} pot's rules"
    elif rules["draw_version"] != stated["draw_version"]:
        yield "rules_text and draw_version differ"
    elif total > rules["max_tickets"]:
        yield f"{total} tickets were sold of {rules['max_tickets']}"
    if draw.rules_hash(rules_text, GAME).hex() != stated["rules_hash"]:
        yield "rules_hash is not the hash of rules_text"
