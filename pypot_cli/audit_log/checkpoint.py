"""Making a checkpoint: prepared by the database, signed here, cosigned, and published outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pypot_cli.audit_log.destinations import Destination
from pypot_cli.audit_log.witnesses import Witnesses
from pypot_cli.errors import PypotError
from pypot_cli.fairness import note as notes
from pypot_cli.fairness import signing, tlog
from pypot_cli.fairness.note import Note
from pypot_cli.fairness.tlog import Checkpoint
from pypot_cli.keys import Secret
from pypot_cli.service import Client
from pypot_cli.steps import Step, step

_PAGE = 1000


class RewrittenError(PypotError):
    """What was published before is not the beginning of this log."""


@dataclass(frozen=True)
class Made:
    """A checkpoint that was made: of which log and size, by how many cosigned, and what failed."""

    checkpoint: Checkpoint
    vkey: str
    """The log's, for witnesses and for whoever verifies."""
    cosignatures: int
    problems: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what `pypot audit checkpoint --json` prints."""
        return {
            "origin": self.checkpoint.origin,
            "vkey": self.vkey,
            "size": self.checkpoint.size,
            "root": self.checkpoint.root.hex(),
            "cosignatures": self.cosignatures,
            "problems": list(self.problems),
        }


class Checkpoints:
    """Makes the checkpoints of one log. `client` acts as pot_orchestrator; for one thread."""

    def __init__(
        self,
        client: Client,
        key: Secret,
        witnesses: Witnesses,
        destinations: Sequence[Destination],
    ) -> None:
        self._client = client
        self._key = key
        self._witnesses = witnesses
        self._destinations = destinations

    def make(self) -> Made:
        """Make the checkpoint of now. Repeated while nothing is new, it fetches what was missing.

        What fails for one witness or destination is told in the result and stops no other. Raises
        RewrittenError, and signs nothing, when a destination holds a checkpoint that this log does
        not continue; RpcError and PypotError when the database refuses or cannot be reached.
        """
        with step(Step.PREPARE_CHECKPOINT):
            prepared = self._client.call("prepare_checkpoint")
        checkpoint = tlog.read_checkpoint(prepared["text"])
        public_key = signing.public_key(self._key.reveal())
        vkey = str(notes.VerifierKey(checkpoint.origin, notes.ED25519, public_key))
        if checkpoint.size == 0:
            return Made(checkpoint, vkey, 0, ())
        broken = self._look_at_destinations(checkpoint)
        problems = list(broken.values())

        signature = notes.sign(self._key.reveal(), checkpoint.origin, checkpoint.text())
        with step(Step.STORE_CHECKPOINT):
            note = self._store(Note(checkpoint.text(), (signature,)))
        # Stored before anybody is asked: a witness that is slow, or a crash, loses nothing.
        with step(Step.ASK_WITNESSES):
            cosigned, unwilling = self._witnesses.cosign(
                note, checkpoint, lambda old: self._consistency(old, checkpoint)
            )
        if cosigned:
            with step(Step.STORE_COSIGNED):
                note = self._store(note.merged(tuple(cosigned)))
        problems += unwilling
        for each in self._destinations:
            if each.name not in broken:
                try:
                    with step(Step.PUBLISH):
                        each.publish(note, self._leaves_from)
                except PypotError as error:
                    problems.append(str(error))
        count = sum(each.time is not None for each in note.signatures)
        return Made(checkpoint, vkey, count, tuple(problems))

    def _store(self, note: Note) -> Note:
        stored = self._client.call("publish_checkpoint", note=str(note))
        try:
            return notes.read_note(stored["note"].encode())
        except ValueError as error:
            raise PypotError(f"the checkpoint that is stored is no signed note: {error}") from None

    def _look_at_destinations(self, checkpoint: Checkpoint) -> dict[str, str]:
        """Return what is wrong with those that cannot be read, by name."""
        broken = {}
        for each in self._destinations:
            try:
                last = each.last()
            except PypotError as error:
                broken[each.name] = str(error)
                continue
            if last is not None and (why := self._contradiction(last, checkpoint)):
                raise RewrittenError(f"{each.name} {why}; nothing was signed")
        return broken

    def _contradiction(self, last: Checkpoint, checkpoint: Checkpoint) -> str | None:
        if last.origin != checkpoint.origin:
            return f"holds a checkpoint of another log, {last.origin}"
        if last.size > checkpoint.size:
            return (
                f"holds a checkpoint of {last.size} leaves and this log has {checkpoint.size}:"
                " the database is an older copy, or its tail was cut"
            )
        proof = self._consistency(last.size, checkpoint)
        if not tlog.verify_consistency(
            last.size, last.root, checkpoint.size, checkpoint.root, proof
        ):
            return f"holds a checkpoint of {last.size} leaves with another root: rewritten since"
        return None

    def _consistency(self, old_size: int, checkpoint: Checkpoint) -> list[bytes]:
        proof = self._client.call(
            "get_consistency_proof", old_size=old_size, new_size=checkpoint.size
        )
        return [bytes.fromhex(each) for each in proof["path"]]

    def _leaves_from(self, start: int) -> Iterator[bytes]:
        last: int | None = start - 1 if start else None
        while True:
            page = self._client.rows("list_log_leaves", after=last, page_size=_PAGE)
            yield from (bytes.fromhex(row["row_hash"]) for row in page)
            if len(page) < _PAGE:
                return
            last = page[-1]["leaf_index"]
