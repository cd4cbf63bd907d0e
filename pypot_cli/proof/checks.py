"""What both draws have in common. Each takes a well-formed proof, and yields Check after Check."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from pypot_cli.fairness import draw, merkle, signing
from pypot_cli.fairness.canonical import read_time
from pypot_cli.game import GAME
from pypot_cli.proof.form import RULES, read_canonical
from pypot_cli.proof.trust import Trust
from pypot_cli.proof.verdict import Check, equal, holds

Proof = Mapping[str, Any]
Rules = Mapping[str, Any]


def read_rules(proof: Proof) -> tuple[Rules | None, Check]:
    """Return the rules, None if their text is not their one spelling, and the check of that."""
    text = proof["rules_text"]
    rules, fault = read_canonical(text, RULES[proof["draw_version"]], "rules_text")
    return rules, holds("rules_text", rules is not None, fault or f"canonical JSON: {text}")


def commitment(proof: Proof) -> Iterator[Check]:
    """Check that the seed is the one that was bound when the pot opened."""
    pot_id = UUID(proof["pot_id"])
    seed = bytes.fromhex(proof["reveal_seed"])
    stated = bytes.fromhex(proof["commit_hash"])
    yield holds("reveal_seed", any(seed), "the seed is not all zero")
    yield equal(
        "commit_hash", "SHA-256(reveal_seed)", draw.commit_hash(seed).hex(), proof["commit_hash"]
    )
    yield equal(
        "commit_tag",
        'SHA-256("pots/commit-tag/v1" 00, pot_id, commit_hash)',
        draw.commit_tag(pot_id, stated, GAME).hex(),
        proof["commit_tag"],
    )


def lock(proof: Proof) -> Iterator[Check]:
    """Check the digest of all that was fixed at lock."""
    # Of the bytes as they were read: what cannot be UTF-8 was refused as not canonical before.
    rules_hash = draw.rules_hash(proof["rules_text"], GAME)
    yield equal(
        "rules_hash",
        'SHA-256("pots/rules/v1" 00, rules_text)',
        rules_hash.hex(),
        proof["rules_hash"],
    )
    beacon = proof["beacon"] or {"chain_hash": draw.NO_BEACON.hex(), "round": 0}
    digest = draw.lock_digest(
        round_id=UUID(proof["pot_id"]),
        draw_version=proof["draw_version"],
        commitment=bytes.fromhex(proof["commit_hash"]),
        rules=bytes.fromhex(proof["rules_hash"]),
        entries_root=bytes.fromhex(proof["entries_root"]),
        total_tickets=proof["total_tickets"],
        locked_at=read_time(proof["locked_at"]),
        beacon_chain_hash=bytes.fromhex(beacon["chain_hash"]),
        beacon_round=beacon["round"],
        game=GAME,
    )
    also = ", beacon chain and round" if proof["beacon"] else ""
    yield equal(
        "lock_digest",
        f"SHA-256 of pot, rules, commitment, entries, lock time{also}",
        digest.hex(),
        proof["lock_digest"],
    )


def drawn(proof: Proof) -> Iterator[Check]:
    """Check what the seed alone draws: with draw 1 the winner, with draw 2 half of it."""
    total = proof["total_tickets"]
    hmac = draw.draw_hmac(bytes.fromhex(proof["reveal_seed"]), bytes.fromhex(proof["commit_hash"]))
    yield equal("hmac", "HMAC-SHA256(key reveal_seed, commit_hash)", hmac.hex(), proof["hmac"])
    index = draw.winner_index(bytes.fromhex(proof["hmac"]), total)
    yield equal("winner_index", f"hmac mod {total}", index, proof["winner_index"])
    if proof["draw_version"] == 1:
        yield equal(
            "winning_ticket",
            "winner_index, unchanged in draw 1",
            proof["winner_index"],
            proof["winning_ticket"],
        )


def siblings(path: Sequence[Mapping[str, Any]]) -> list[merkle.Sibling]:
    """Return a well-formed `merkle_path` as steps to fold."""
    return [merkle.Sibling(step["side"], step["sum"], bytes.fromhex(step["hash"])) for step in path]


def placed(entry: Mapping[str, Any], whose: str, where: str, proof: Proof) -> Iterator[Check]:
    """Check that an entry is a leaf of the proof's tree, at the first ticket it says.

    `entry` has `first_ticket, ticket_count, entrant_tag, merkle_path`, well-formed; `whose` and
    `where` name it, and what says so, in the sentences.
    """
    steps = siblings(entry["merkle_path"])
    tag = bytes.fromhex(entry["entrant_tag"])
    leaf = merkle.leaf(UUID(proof["pot_id"]), entry["ticket_count"], tag, GAME)
    root = merkle.fold(leaf, steps)
    yield equal(
        "entries_root",
        f"{whose} folded with {len(steps)} siblings",
        root.hash.hex(),
        proof["entries_root"],
    )
    yield equal(
        "total_tickets",
        f"tickets of {whose} and of all its siblings",
        root.sum,
        proof["total_tickets"],
    )
    first = merkle.first_ticket(steps)
    yield equal("first_ticket", "tickets on the left of it", first, entry["first_ticket"], where)


def entry(proof: Proof) -> Iterator[Check]:
    """Check that the winning entry was there at lock, and held the winning ticket."""
    won = proof["winning_entry"]
    yield from placed(won, "the winning entry", "the proof", proof)
    first, count, ticket = won["first_ticket"], won["ticket_count"], proof["winning_ticket"]
    yield holds(
        "winning_range",
        first <= ticket < first + count,
        f"winning ticket {ticket}; the entry holds {first} to {first + count - 1}",
    )


def limits(proof: Proof, rules: Rules) -> Iterator[Check]:
    """Check the caps of the rules, and that every credit that went in was paid out."""
    total, count = proof["total_tickets"], proof["winning_entry"]["ticket_count"]
    yield holds(
        "max_tickets",
        total <= rules["max_tickets"],
        f"{total} tickets, of {rules['max_tickets']} at most",
    )
    yield holds(
        "max_per_user",
        count <= rules["max_per_user"],
        f"the winning entry has {count}, of {rules['max_per_user']} a user at most",
    )
    # Each other participant holds a ticket of the rest; who holds them the proof does not tell.
    others = rules["min_participants"] - 1
    yield holds(
        "min_participants",
        total - count >= others,
        f"{total - count} tickets belong to others, who must be {others} or more",
    )
    prize = total * rules["entry_cost"]
    yield equal(
        "payout.credits",
        f"{total} tickets at {rules['entry_cost']} credits",
        prize,
        proof["payout"]["credits"],
    )
    escrow = proof["payout"]["escrow_after"]
    yield holds("payout.escrow_after", escrow == 0, f"{escrow} credits stayed in the pot's escrow")


def release(proof: Proof) -> Iterator[Check]:
    """Check what became of a payout that was held: all of it went to the winner, or to others."""
    given = proof.get("release")
    if given is None:
        return
    outcome, tickets, amount = given["outcome"], given["tickets"], given["credits"]
    total, won = proof["total_tickets"], proof["winning_entry"]["ticket_count"]
    if outcome == "paid":
        fair = tickets == won and given["entries"] == 1
    else:
        # Without the winning entry, or among all when nobody else was left.
        fair = given["entries"] <= tickets and (tickets <= total - won or tickets == total)
    yield holds(
        "release",
        fair
        and proof["payout"]["held"]
        and amount == proof["payout"]["credits"]
        and read_time(given["released_at"]) >= read_time(proof["settled_at"]),
        f"{outcome} {given['released_at']}: {amount} credits to {tickets} tickets",
    )


def signature(
    party: signing.Purpose, name: str, stated: Mapping[str, str], message: bytes
) -> Iterator[Check]:
    """Check a key's id, and its signature over `message`, which is the field `name`."""
    key = bytes.fromhex(stated["public_key"])
    yield equal(
        f"{party} kid",
        f'first 16 digits of SHA-256("pots/kid/v1" 00, "{party}" 00, public_key)',
        signing.kid(party, key, GAME),
        stated["kid"],
    )
    good = signing.verify(key, message, bytes.fromhex(stated[name]))
    verb = "is" if good else "is not"
    yield holds(
        f"{party} {name}", good, f"it {verb} an Ed25519 signature by {stated['public_key']}"
    )


def trusted(party: signing.Purpose, key: str, keys: Collection[bytes]) -> Check:
    """Return whether a key is one that the caller trusts; without any, that it was not pinned."""
    if not keys:
        why = f"taken from the proof itself; give --{party}-key to say whom you trust"
        return Check(f"{party} key", "not pinned", why)
    known = bytes.fromhex(key) in keys
    verb = "is" if known else "is not"
    return holds(f"{party} key", known, f"{key} {verb} one you trust")


def signatures(proof: Proof, trust: Trust) -> Iterator[Check]:
    """Check that one party signed the lock and the other the reveal."""
    digest = bytes.fromhex(proof["lock_digest"])
    seed = bytes.fromhex(proof["reveal_seed"])
    messages: list[tuple[signing.Purpose, bytes, Collection[bytes]]] = [
        ("orchestrator", signing.orchestrator_message(digest, GAME), trust.orchestrator_keys),
        ("settlement", signing.settlement_message(digest, seed, GAME), trust.settlement_keys),
    ]
    for party, message, keys in messages:
        stated = proof[party]
        yield from signature(party, "signature", stated, message)
        yield trusted(party, stated["public_key"], keys)
