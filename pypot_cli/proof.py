"""Checks a settlement proof (contract, section 6) with nothing but the proof and trusted keys.

This is a second implementation: it shares no code with the database that made the proof, needs no
network, and never says more than it knows. `read_proof` turns text into a JSON object or raises;
`verify` turns the object into a Verdict, a list of named checks. docs/verify-a-draw.md describes
the same steps for whoever would rather write a third.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from pypot_cli.errors import UnreadableInputError
from pypot_cli.fairness import draw, merkle, signing
from pypot_cli.fairness.canonical import (
    MAX_SAFE_INTEGER,
    canonical_json,
    is_hex,
    read_json,
    read_time,
)
from pypot_cli.game import GAME

LONGEST_PROOF = 1 << 18
"""Bytes. A proof has about 4 kB at most: its path has 31 steps or fewer."""

MAX_COUNT = 2**31 - 1
"""The largest count (of tickets, of participants) in the API, an `int` of the contract."""

UNBOUND: Mapping[str, str] = {
    "winning_entry.entry_id": "a name for the entry; its entrant_tag is what the root binds",
    "payout.held": "whether the payout waited for a review is the operator's word",
    "audit": "points at a row of the public audit chain; compare it with that chain",
    "settled_at": "is the operator's word, checked only not to be before locked_at",
}
"""Fields that nothing in a proof can confirm, by the name used in reports, and why."""

DRAW_1_LIMIT = (
    "draw 1 shows that the seed was fixed before the first entry; it cannot show that nobody who"
    " knew the seed bought the last tickets"
)

Outcome = Literal["ok", "failed", "skipped", "not pinned"]


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `detail` says with which values, or what is wrong."""

    name: str
    outcome: Outcome
    detail: str


@dataclass(frozen=True)
class Verdict:
    """The outcome of every check, in the order they were made."""

    pot_id: str | None
    checks: tuple[Check, ...]

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that did not hold."""
        return tuple(check for check in self.checks if check.outcome == "failed")

    @property
    def valid(self) -> bool:
        """Whether every check was made and held; a key that was not pinned does not count."""
        return all(check.outcome in ("ok", "not pinned") for check in self.checks)

    @property
    def summary(self) -> str:
        """One sentence that claims no more than was checked."""
        if not self.valid:
            names = ", ".join(check.name for check in self.failed)
            return f"not valid: {names}"
        loose = [check.name for check in self.checks if check.outcome == "not pinned"]
        if not loose:
            return "valid, signed by the keys you trust"
        if len(loose) == 2:
            return "valid, keys taken from the proof itself (not pinned)"
        return f"valid, {loose[0]} taken from the proof itself (not pinned)"

    @property
    def not_proven(self) -> list[str]:
        """What no proof of this kind can show, as sentences."""
        return [f"{name}: {why}" for name, why in UNBOUND.items()] + [DRAW_1_LIMIT]

    def as_json(self) -> dict[str, Any]:
        """Return what `pypot verify --json` prints."""
        return {
            "valid": self.valid,
            "pot_id": self.pot_id,
            "summary": self.summary,
            "checks": [
                {"name": check.name, "outcome": check.outcome, "detail": check.detail}
                for check in self.checks
            ],
            "not_proven": self.not_proven,
        }


@dataclass(frozen=True)
class Document:
    """A JSON object, and what in its text two readers could understand differently."""

    value: dict[str, Any]
    ambiguous: list[str] = field(default_factory=list)


def open_proof(source: str) -> Document:
    """Return the proof in the file `source`, or on standard input if it is `-`.

    Raises UnreadableInputError if it cannot be read, and as `read_proof` does.
    """
    try:
        if source == "-":
            return read_proof(sys.stdin.buffer.read(LONGEST_PROOF + 1))
        with Path(source).open("rb") as stream:
            return read_proof(stream.read(LONGEST_PROOF + 1))
    except OSError as error:
        raise UnreadableInputError(f"cannot read {source}: {error.strerror}") from None


def read_proof(content: bytes) -> Document:
    """Return the JSON object in `content`.

    Raises UnreadableInputError for more than LONGEST_PROOF bytes, what is not UTF-8 or not JSON
    (NaN and Infinity are not), or JSON that is not an object.
    """
    if len(content) > LONGEST_PROOF:
        raise UnreadableInputError(f"the proof is larger than {LONGEST_PROOF} bytes")
    try:
        value, ambiguous = read_json(content.decode())
    except ValueError as error:
        raise UnreadableInputError(f"the proof is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise UnreadableInputError("the proof is not a JSON object")
    return Document(value, ambiguous)


# --- The form of each field. A form is what is expected, in words, and the test for it. ---


@dataclass(frozen=True)
class Form:
    """What a value must look like: in words, and as a test."""

    words: str
    accepts: Callable[[object], bool]


Fields = dict[str, Any]  # name → Form, or the Fields of an object inside


def _integer(low: int, high: int) -> Form:
    # `type is int`, because True is an int to isinstance and 1.0 is equal to 1.
    return Form(
        f"an integer from {low} to {high}" if low < high else f"the integer {low}",
        lambda value: type(value) is int and low <= value <= high,
    )


def _hex(size: int) -> Form:
    return Form(f"{2 * size} lower-case hex digits", lambda value: is_hex(value, size))


def _is_uuid(value: object) -> bool:
    pattern = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    return isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _is_time(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        read_time(value)
    except ValueError:
        return False
    return True


def _is_path(value: object) -> bool:
    # A pot has 2^31 - 1 entries at most, so no leaf is deeper than 31.
    return isinstance(value, list) and len(value) <= 31


_COUNT = _integer(1, MAX_COUNT)
_INDEX = _integer(0, MAX_COUNT - 1)
_HASH = _hex(32)
_UUID = Form("a UUID in lower case", _is_uuid)
_TIME = Form("a UTC time like 2026-11-22T17:49:34.123456Z", _is_time)
_SIGNED: Fields = {"kid": _hex(8), "public_key": _HASH, "signature": _hex(64)}
_SIBLING: Fields = {
    "side": Form('"left" or "right"', lambda value: value in ("left", "right")),
    "sum": _COUNT,
    "hash": _HASH,
}
_PROOF: Fields = {
    "version": _integer(1, 1),
    "pot_id": _UUID,
    "draw_version": _integer(1, 1),
    "rules_text": Form("a text", lambda value: isinstance(value, str)),
    "rules_hash": _HASH,
    "commit_tag": _HASH,
    "commit_hash": _HASH,
    "reveal_seed": _HASH,
    "locked_at": _TIME,
    "entries_root": _HASH,
    "total_tickets": _COUNT,
    "lock_digest": _HASH,
    "hmac": _HASH,
    "winner_index": _INDEX,
    "beacon": Form("null with draw_version 1", lambda value: value is None),
    "winning_ticket": _INDEX,
    "winning_entry": {
        "entry_id": _UUID,
        "first_ticket": _INDEX,
        "ticket_count": _COUNT,
        "entrant_tag": _HASH,
        "merkle_path": Form("a list of 31 steps or fewer", _is_path),
    },
    "orchestrator": _SIGNED,
    "settlement": _SIGNED,
    "payout": {
        "credits": _integer(1, MAX_SAFE_INTEGER),
        "held": Form("true or false", lambda value: isinstance(value, bool)),
        "escrow_after": _integer(0, MAX_SAFE_INTEGER),
    },
    "audit": {"seq": _integer(1, MAX_SAFE_INTEGER), "row_hash": _HASH},
    "settled_at": _TIME,
}
_RULES: Fields = {
    "draw_version": _integer(1, 1),
    "entry_cost": _integer(1, MAX_SAFE_INTEGER),
    "max_per_user": _COUNT,
    "max_tickets": _COUNT,
    "min_participants": _COUNT,
}


def _malformed(value: object, fields: Fields, where: str) -> Iterator[str]:
    """Yield a sentence for each member that is missing, unknown, or not of its form."""
    if not isinstance(value, dict):
        yield f"{where or 'the proof'} must be an object, not {_shown(value)}"
        return
    prefix = f"{where}." if where else ""
    for name in value.keys() - fields.keys():
        yield f"{prefix}{_shown(name)} is not a field of a proof"
    for name, form in fields.items():
        at = f"{prefix}{name}"
        if name not in value:
            yield f"{at} is missing"
        elif isinstance(form, dict):
            yield from _malformed(value[name], form, at)
        elif not form.accepts(value[name]):
            yield f"{at} must be {form.words}, not {_shown(value[name])}"


def _shown(value: object) -> str:
    """Return a foreign value short, in ASCII and without control characters: fit for a terminal."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, str):
        return ascii(value if len(value) <= 72 else f"{value[:69]}...")
    return json.dumps(value)


def _form(document: Document) -> Check:
    proof = document.value
    faults = list(document.ambiguous) + sorted(_malformed(proof, _PROOF, ""))
    if not faults:
        for step, sibling in enumerate(proof["winning_entry"]["merkle_path"]):
            faults += _malformed(sibling, _SIBLING, f"winning_entry.merkle_path[{step}]")
    if faults:
        more = f" (and {len(faults) - 5} more)" if len(faults) > 5 else ""
        return Check("form", "failed", "; ".join(faults[:5]) + more)
    return Check("form", "ok", "every field is there, no other is, and each has its one spelling")


def _unsupported(proof: dict[str, Any]) -> Check | None:
    """Return why this program cannot judge a proof of another kind, or None if it can."""
    for name, known in (("version", "proofs of version 1"), ("draw_version", "draw 1")):
        value = proof.get(name)
        if type(value) is int and value != 1:
            why = f"{name} {_shown(value)} is not supported by this version: it knows {known} only"
            return Check(name, "failed", why)
    return None


# --- The checks. Each takes a well-formed proof, and yields Check after Check. ---


def _equal(name: str, formula: str, computed: object, stated: object) -> Check:
    if computed == stated and type(computed) is type(stated):
        return Check(name, "ok", f"{formula} = {computed}")
    return Check(name, "failed", f"{formula} = {computed}, but the proof says {stated}")


def _holds(name: str, holds: bool, detail: str) -> Check:
    return Check(name, "ok" if holds else "failed", detail)


def _read_rules(text: str) -> tuple[dict[str, int] | None, str]:
    """Return the rules and "", or None and what is wrong with their text."""
    try:
        rules, faults = read_json(text)
        faults += sorted(_malformed(rules, _RULES, "rules_text"))
        if not faults and canonical_json(rules) != text:
            faults.append("rules_text is not in its RFC 8785 canonical spelling")
    except ValueError as error:
        return None, f"rules_text is not JSON: {_shown(str(error))}"
    return (None, "; ".join(faults[:5])) if faults else (rules, "")


def _commitment(proof: dict[str, Any]) -> Iterator[Check]:
    pot_id = UUID(proof["pot_id"])
    seed = bytes.fromhex(proof["reveal_seed"])
    stated = bytes.fromhex(proof["commit_hash"])
    yield _holds("reveal_seed", any(seed), "the seed is not all zero")
    yield _equal(
        "commit_hash", "SHA-256(reveal_seed)", draw.commit_hash(seed).hex(), proof["commit_hash"]
    )
    yield _equal(
        "commit_tag",
        'SHA-256("pots/commit-tag/v1" 00, pot_id, commit_hash)',
        draw.commit_tag(pot_id, stated, GAME).hex(),
        proof["commit_tag"],
    )


def _lock(proof: dict[str, Any]) -> Iterator[Check]:
    # Of the bytes as they were read: what cannot be UTF-8 was refused as not canonical before.
    rules_hash = draw.rules_hash(proof["rules_text"], GAME)
    yield _equal(
        "rules_hash",
        'SHA-256("pots/rules/v1" 00, rules_text)',
        rules_hash.hex(),
        proof["rules_hash"],
    )
    digest = draw.lock_digest(
        round_id=UUID(proof["pot_id"]),
        draw_version=proof["draw_version"],
        commitment=bytes.fromhex(proof["commit_hash"]),
        rules=bytes.fromhex(proof["rules_hash"]),
        entries_root=bytes.fromhex(proof["entries_root"]),
        total_tickets=proof["total_tickets"],
        locked_at=read_time(proof["locked_at"]),
        game=GAME,
    )
    yield _equal(
        "lock_digest",
        "SHA-256 of pot, rules, commitment, entries and lock time",
        digest.hex(),
        proof["lock_digest"],
    )


def _drawn(proof: dict[str, Any]) -> Iterator[Check]:
    total = proof["total_tickets"]
    drawn = draw.draw_hmac(bytes.fromhex(proof["reveal_seed"]), bytes.fromhex(proof["commit_hash"]))
    yield _equal("hmac", "HMAC-SHA256(key reveal_seed, commit_hash)", drawn.hex(), proof["hmac"])
    index = draw.winner_index(bytes.fromhex(proof["hmac"]), total)
    yield _equal("winner_index", f"hmac mod {total}", index, proof["winner_index"])
    yield _equal(
        "winning_ticket",
        "winner_index, unchanged in draw 1",
        proof["winner_index"],
        proof["winning_ticket"],
    )


def _entry(proof: dict[str, Any]) -> Iterator[Check]:
    entry = proof["winning_entry"]
    first, count = entry["first_ticket"], entry["ticket_count"]
    steps = [
        merkle.Sibling(step["side"], step["sum"], bytes.fromhex(step["hash"]))
        for step in entry["merkle_path"]
    ]
    leaf = merkle.leaf(UUID(proof["pot_id"]), count, bytes.fromhex(entry["entrant_tag"]), GAME)
    root = merkle.fold(leaf, steps)
    yield _equal(
        "entries_root",
        f"the winning entry folded with {len(steps)} siblings",
        root.hash.hex(),
        proof["entries_root"],
    )
    yield _equal(
        "total_tickets",
        "tickets of the winning entry and of all its siblings",
        root.sum,
        proof["total_tickets"],
    )
    yield _equal("first_ticket", "tickets on the left of it", merkle.first_ticket(steps), first)
    ticket = proof["winning_ticket"]
    yield _holds(
        "winning_range",
        first <= ticket < first + count,
        f"winning ticket {ticket}; the entry holds {first} to {first + count - 1}",
    )


def _limits(proof: dict[str, Any], rules: dict[str, int]) -> Iterator[Check]:
    total, count = proof["total_tickets"], proof["winning_entry"]["ticket_count"]
    yield _holds(
        "max_tickets",
        total <= rules["max_tickets"],
        f"{total} tickets, of {rules['max_tickets']} at most",
    )
    yield _holds(
        "max_per_user",
        count <= rules["max_per_user"],
        f"the winning entry has {count}, of {rules['max_per_user']} a user at most",
    )
    # Each other participant holds a ticket of the rest; who holds them the proof does not tell.
    others = rules["min_participants"] - 1
    yield _holds(
        "min_participants",
        total - count >= others,
        f"{total - count} tickets belong to others, who must be {others} or more",
    )
    prize = total * rules["entry_cost"]
    yield _equal(
        "payout.credits",
        f"{total} tickets at {rules['entry_cost']} credits",
        prize,
        proof["payout"]["credits"],
    )
    escrow = proof["payout"]["escrow_after"]
    yield _holds("payout.escrow_after", escrow == 0, f"{escrow} credits stayed in the pot's escrow")


def _signature(
    proof: dict[str, Any], party: str, message: bytes, trusted: Collection[bytes]
) -> Iterator[Check]:
    stated = proof[party]
    key = bytes.fromhex(stated["public_key"])
    yield _equal(
        f"{party} kid",
        f'first 16 digits of SHA-256("pots/kid/v1" 00, "{party}" 00, public_key)',
        signing.kid(party, key, GAME),
        stated["kid"],
    )
    signed = signing.verify(key, message, bytes.fromhex(stated["signature"]))
    verb = "is" if signed else "is not"
    yield _holds(
        f"{party} signature", signed, f"it {verb} an Ed25519 signature by {stated['public_key']}"
    )
    if not trusted:
        why = f"taken from the proof itself; give --{party}-key to say whom you trust"
        yield Check(f"{party} key", "not pinned", why)
    elif key in trusted:
        yield Check(f"{party} key", "ok", f"{stated['public_key']} is one you trust")
    else:
        yield Check(f"{party} key", "failed", f"{stated['public_key']} is not one you trust")


def _signatures(
    proof: dict[str, Any], orchestrator_keys: Collection[bytes], settlement_keys: Collection[bytes]
) -> Iterator[Check]:
    digest = bytes.fromhex(proof["lock_digest"])
    seed = bytes.fromhex(proof["reveal_seed"])
    yield from _signature(
        proof, "orchestrator", signing.orchestrator_message(digest, GAME), orchestrator_keys
    )
    yield from _signature(
        proof, "settlement", signing.settlement_message(digest, seed, GAME), settlement_keys
    )


def verify(
    document: Document,
    *,
    orchestrator_keys: Collection[bytes] = (),
    settlement_keys: Collection[bytes] = (),
) -> Verdict:
    """Return the outcome of every check of a proof.

    The keys are 32-byte public keys, any of which is trusted; with none of a purpose given, the
    proof's own key is used and the verdict says that it was not pinned. Raises nothing: whatever
    the object holds ends in a Verdict.
    """
    proof = document.value
    pot_id = proof.get("pot_id")
    named = pot_id if isinstance(pot_id, str) and _UUID.accepts(pot_id) else None

    unsupported = _unsupported(proof)
    if unsupported:
        return Verdict(named, (unsupported,))
    form = _form(document)
    if form.outcome == "failed":
        rest = Check("the draw", "skipped", "nothing can be computed from a malformed proof")
        return Verdict(named, (form, rest))

    checks = [form]
    rules, fault = _read_rules(proof["rules_text"])
    checks.append(
        _holds("rules_text", rules is not None, fault or f"canonical JSON: {proof['rules_text']}")
    )
    checks += _commitment(proof)
    if rules is None:
        checks.append(Check("rules_hash and lock_digest", "skipped", "they need a rules_text"))
    else:
        checks += _lock(proof)
    checks += _drawn(proof)
    checks += _entry(proof)
    if rules is None:
        checks.append(Check("limits and payout", "skipped", "they need a rules_text"))
    else:
        checks += _limits(proof, rules)
    checks += _signatures(proof, orchestrator_keys, settlement_keys)
    checks.append(
        _holds(
            "settled_at",
            read_time(proof["settled_at"]) >= read_time(proof["locked_at"]),
            f"locked {proof['locked_at']}, settled {proof['settled_at']}",
        )
    )
    return Verdict(named, tuple(checks))
