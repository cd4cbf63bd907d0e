"""One player's entry against a pot's proof (contract, sections 3 and 5).

A receipt is what `my_receipt` answers: before the lock the salt that opens the entry's tag and its
place in the queue, from the lock on also its tickets and the path that proves them. Whoever kept
one and has the proof sees whether the entry was left out, moved or changed, and needs nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pypot_cli.fairness import draw
from pypot_cli.proof.bundle import Rest, with_rest
from pypot_cli.proof.checks import Proof, placed
from pypot_cli.proof.document import Document
from pypot_cli.proof.form import COUNT, HASH, INDEX, PATH, POSITIVE, UUID_TEXT, Fields, check_form
from pypot_cli.proof.judge import NOTHING, verify
from pypot_cli.proof.trust import Trust
from pypot_cli.proof.verdict import Check, Verdict, equal, holds

_EARLY: Fields = {
    "entry_id": UUID_TEXT,
    "pot_id": UUID_TEXT,
    "seq": POSITIVE,
    "ticket_count": COUNT,
    "salt": HASH,
    "entrant_tag": HASH,
}
_LOCKED: Fields = {**_EARLY, "first_ticket": INDEX, "merkle_path": PATH}

NOT_PROVEN = (
    "entry_id: a name for the entry; its entrant_tag is what the root binds",
    "seq: that entries stand in the order of their seq shows only beside another receipt: of two,"
    " the one with the smaller seq has the smaller first ticket",
)
"""What a receipt and a proof together cannot show."""


@dataclass(frozen=True)
class ReceiptVerdict(Verdict):
    """The checks of a receipt. `won` is None while nothing shows which tickets the entry has."""

    won: bool | None = None

    @property
    def summary(self) -> str:
        """One sentence that claims no more than was checked."""
        if self.failed:
            return super().summary
        if not self.valid:
            return "not shown: " + ", ".join(c.name for c in self.checks if c.outcome == "skipped")
        mine = "" if all(c.outcome == "ok" for c in self.checks) else ", with things not pinned"
        return f"the entry was in the draw and {'won' if self.won else 'did not win'}{mine}"

    @property
    def not_proven(self) -> list[str]:
        """What receipt and proof cannot show, as sentences."""
        return list(NOT_PROVEN)

    def as_json(self) -> dict[str, Any]:
        """Return what `pypot verify-receipt --json` prints."""
        return {**super().as_json(), "won": self.won}


def verify_receipt(
    receipt: Document,
    document: Document,
    *,
    user_id: UUID | None = None,
    trust: Trust = NOTHING,
    rest: Rest | None = None,
) -> ReceiptVerdict:
    """Return the outcome of every check of a receipt against a proof.

    `user_id` is whose entry it is: without it the tag is not shown to be that player's. A receipt
    from before the lock has no path, and needs the pot's entries in `rest`. Raises nothing.
    """
    proof = document.value
    judged = with_rest(verify(document, trust), proof, rest or Rest())
    checks = [_of_the_proof(judged)]
    fields = _LOCKED if receipt.value.keys() & {"first_ticket", "merkle_path"} else _EARLY
    form = check_form(receipt, fields, "receipt")
    checks.append(form)
    if form.outcome == "failed" or judged.draw_version is None:
        checks.append(Check("the entry", "skipped", "there is nothing to compare"))
        return ReceiptVerdict(judged.pot_id, tuple(checks), judged.draw_version)
    entry = receipt.value
    checks += _whose(entry, proof, user_id)
    first: int | None = None
    if "merkle_path" in entry:
        checks += placed(entry, "the entry", "the receipt", proof)
        first = entry["first_ticket"]
    elif rest is not None and rest.entries is not None:
        first = _find(entry, rest.entries)
        verb = "is" if first is not None else "is not"
        checks.append(holds("listed", first is not None, f"the entry {verb} one of the entries"))
    else:
        why = "this receipt is from before the lock: fetch it again, or give the --entries"
        checks.append(Check("merkle_path", "skipped", why))
    won = None
    if first is not None:
        won = first <= proof["winning_ticket"] < first + entry["ticket_count"]
        checks.append(_fate(entry, proof, first, won))
    return ReceiptVerdict(judged.pot_id, tuple(checks), judged.draw_version, won=won)


def _of_the_proof(judged: Verdict) -> Check:
    if not judged.valid:
        return Check("proof", "failed", judged.summary)
    loose = any(check.outcome == "not pinned" for check in judged.checks)
    return Check("proof", "not pinned" if loose else "ok", judged.summary)


def _whose(entry: Mapping[str, Any], proof: Proof, user_id: UUID | None) -> Iterator[Check]:
    same = entry["pot_id"] == proof["pot_id"]
    verb = "is" if same else "is not"
    yield holds("pot_id", same, f"{entry['pot_id']} {verb} the proof's pot")
    if user_id is None:
        why = "give --user-id to see that the tag stands for you"
        yield Check("entrant_tag", "not pinned", why)
        return
    tag = draw.entrant_tag(bytes.fromhex(entry["salt"]), UUID(entry["pot_id"]), user_id)
    formula = "HMAC-SHA256(key salt, pot_id, user_id)"
    yield equal("entrant_tag", formula, tag.hex(), entry["entrant_tag"], "the receipt")


def _find(entry: Mapping[str, Any], entries: list[Any]) -> int | None:
    """Return the first ticket of the listed entry with this tag and count; None: not listed."""
    wanted = (entry["entrant_tag"], entry["ticket_count"])
    for listed in entries:
        if isinstance(listed, dict) and wanted == (
            listed.get("entrant_tag"),
            listed.get("ticket_count"),
        ):
            first = listed.get("first_ticket")
            return first if type(first) is int else None
    return None


def _fate(entry: Mapping[str, Any], proof: Proof, first: int, won: bool) -> Check:
    """Return whether the proof agrees: the winner has the winner's tag, and nobody else."""
    last = first + entry["ticket_count"] - 1
    told = proof["winning_entry"]["entrant_tag"] == entry["entrant_tag"]
    verb = "are" if won else "are not"
    detail = f"tickets {first} to {last} {verb} those with the winning {proof['winning_ticket']}"
    return holds("winner", won == told, detail)
