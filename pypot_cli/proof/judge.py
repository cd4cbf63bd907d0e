"""All the checks of a proof, in the order of docs/verify-a-draw.md."""

from __future__ import annotations

from typing import Any

from pypot_cli.fairness.canonical import read_time
from pypot_cli.proof import beacon, checks, witness
from pypot_cli.proof.document import Document
from pypot_cli.proof.form import PROOFS, UUID_TEXT, check_form, shown
from pypot_cli.proof.trust import Trust
from pypot_cli.proof.verdict import Check, Verdict, holds

NOTHING = Trust()
"""Of who trusts nobody in particular."""


def verify(document: Document, trust: Trust = NOTHING) -> Verdict:
    """Return the outcome of every check of a proof.

    Raises nothing: whatever the object holds ends in a Verdict.
    """
    proof = document.value
    pot_id = proof.get("pot_id")
    named = pot_id if isinstance(pot_id, str) and UUID_TEXT.accepts(pot_id) else None

    unsupported = _unsupported(proof)
    if unsupported:
        return Verdict(named, (unsupported,))
    # Of a proof that says no whole number at all, the form of draw 1 tells what is wrong with it.
    stated = proof.get("draw_version")
    version = stated if type(stated) is int else 1
    form = check_form(document, PROOFS[version], "proof")
    if form.outcome == "failed":
        rest = Check("the draw", "skipped", "nothing can be computed from a malformed proof")
        return Verdict(named, (form, rest))

    found = [form]
    rules, check = checks.read_rules(proof)
    found.append(check)
    found += checks.commitment(proof)
    if rules is None:
        found.append(Check("rules_hash and lock_digest", "skipped", "they need a rules_text"))
    else:
        found += checks.lock(proof)
    found += checks.drawn(proof)
    chain = beacon.find_chain(proof, trust.chains)
    if version == 2:
        found += beacon.moved(proof, rules, chain)
    found += checks.entry(proof)
    if rules is None:
        found.append(Check("limits and payout", "skipped", "they need a rules_text"))
    else:
        found += checks.limits(proof, rules)
    found += checks.signatures(proof, trust)
    if version == 2:
        found += beacon.attested(proof, trust.beacon_keys)
    found.append(
        holds(
            "settled_at",
            read_time(proof["settled_at"]) >= read_time(proof["locked_at"]),
            f"locked {proof['locked_at']}, settled {proof['settled_at']}",
        )
    )
    found += checks.release(proof)
    if version == 2 and chain is not None:
        found += witness.seen(proof, beacon.due(proof, chain), trust)
    return Verdict(named, tuple(found), version)


def _unsupported(proof: dict[str, Any]) -> Check | None:
    """Return why this program cannot judge a proof of another kind, or None if it can."""
    for name, known, words in (
        ("version", {1}, "proofs of version 1"),
        ("draw_version", set(PROOFS), "draws 1 and 2"),
    ):
        value = proof.get(name)
        if type(value) is int and value not in known:
            why = f"{name} {shown(value)} is not supported by this version: it knows {words} only"
            return Check(name, "failed", why)
    return None
