"""Whether somebody else saw the lock and the reveal before the beacon's round was known.

The operator's own clock proves nothing: it could lock and reveal after it saw the beacon, and
backdate both. So the rows of the audit chain that say so are shown to be in a checkpoint of the
audit log (RFC 6962 tree), and a witness that the caller named must have cosigned that checkpoint
at a time before the round's (C2SP tlog-cosignature).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pypot_cli.fairness import draw, tlog
from pypot_cli.fairness.canonical import canonical_json, read_json, read_time
from pypot_cli.fairness.note import Note, VerifierKey, cosigned_at, is_signed, read_note
from pypot_cli.game import GAME
from pypot_cli.proof.checks import Proof
from pypot_cli.proof.form import shown
from pypot_cli.proof.trust import Trust
from pypot_cli.proof.verdict import Check, holds

_SAID: Mapping[str, str] = {"locked": "lock_digest", "revealed": "reveal_seed"}
"""Action of a row → the field of the proof that its payload must repeat."""


def seen(proof: Proof, round_time: int, trust: Trust) -> Iterator[Check]:
    """Check what the proof carries of a witness; the last check is named `witness`.

    `round_time` is in microseconds since 1970. With nothing to see, or no witness that the caller
    named, that last one is *unwitnessed*; what is there and does not fit has failed.
    """
    witness = proof.get("witness")
    if witness is None:
        yield Check("witness", "unwitnessed", "the proof carries no checkpoint with a cosignature")
        return
    try:
        note = read_note(witness["checkpoint"].encode())
        checkpoint = tlog.read_checkpoint(note.text)
    except ValueError as error:
        yield Check("checkpoint", "failed", shown(str(error)))
        return
    yield from _checkpoint(note, checkpoint, trust.log_keys)
    for row in witness["rows"]:
        yield _row(proof, row, checkpoint)
    locked, revealed = witness["rows"]
    yield holds(
        "rows in order",
        locked["seq"] < revealed["seq"],
        f"row {locked['seq']} locked the pot, row {revealed['seq']} revealed its seed",
    )
    yield _cosigned(note, round_time, trust.witness_keys)


def _checkpoint(
    note: Note, checkpoint: tlog.Checkpoint, log_keys: Collection[VerifierKey]
) -> Iterator[Check]:
    origin = shown(checkpoint.origin)
    yield Check("checkpoint", "ok", f"log {origin} with {checkpoint.size} rows")
    if log_keys:
        known = any(key.name == checkpoint.origin and is_signed(note, key) for key in log_keys)
        verb = "is" if known else "is not"
        yield holds("log key", known, f"log {origin} {verb} one you trust, by its signature")


def _row(proof: Proof, row: Mapping[str, Any], checkpoint: tlog.Checkpoint) -> Check:
    """Return whether the row says what the proof says, and is in the log."""
    name = f"{row['action']} row"
    field = _SAID[row["action"]]
    try:
        payload, ambiguous = read_json(row["payload"])
        if ambiguous or canonical_json(payload) != row["payload"]:
            return Check(name, "failed", "its payload is not canonical JSON")
        stated = payload["action"], payload["metadata"][field]
    except (ValueError, TypeError, KeyError):
        return Check(name, "failed", f"its payload tells no action and {field}")
    if stated != (row["action"], proof[field]):
        told = f"{shown(stated[0])} with {field} {shown(stated[1])}"
        return Check(name, "failed", f"its payload tells of {told}")
    row_hash = draw.audit_row_hash(
        round_id=UUID(proof["pot_id"]),
        seq=row["seq"],
        prev_hash=bytes.fromhex(row["prev_hash"]),
        created_at=read_time(row["created_at"]),
        payload=row["payload"],
        game=GAME,
    )
    included = tlog.verify_inclusion(
        tlog.leaf_hash(row_hash),
        row["leaf_index"],
        checkpoint.size,
        [bytes.fromhex(step) for step in row["path"]],
        checkpoint.root,
    )
    verb = "is" if included else "is not"
    return holds(name, included, f"it {verb} row {row['leaf_index']} of that log, with {field}")


def _cosigned(note: Note, round_time: int, witness_keys: Collection[VerifierKey]) -> Check:
    if not witness_keys:
        why = "say which witness you trust: --witness-key"
        return Check("witness", "unwitnessed", why)
    told = [(at, key.name) for key in witness_keys if (at := cosigned_at(note, key)) is not None]
    if not told:
        return Check("witness", "unwitnessed", "no witness you trust cosigned the checkpoint")
    at, name = min(told)
    when = _shown_seconds(at)
    # A second that began before the round's time ended before it or with it: rounds are on seconds.
    if at * 1_000_000 < round_time:
        return Check("witness", "ok", f"{shown(name)} cosigned it at {when}, before the round")
    why = f"{shown(name)} cosigned it at {when} only, which is not before the round"
    return Check("witness", "unwitnessed", why)


def _shown_seconds(seconds: int) -> str:
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (OverflowError, ValueError, OSError):  # after the year 9999
        return f"{seconds} seconds after 1970"
