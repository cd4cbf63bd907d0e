"""Asking witnesses to cosign a checkpoint (c2sp.org/tlog-witness, add-checkpoint)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from pypot_cli.errors import PypotError
from pypot_cli.fairness import tlog
from pypot_cli.fairness.note import Note, Signature, read_signature
from pypot_cli.fairness.tlog import Checkpoint

Consistency = Callable[[int], Sequence[bytes]]
"""The proof that the checkpoint's log begins with its first so many leaves."""

_SECONDS = 5.0
_MOST_ANSWERED = 65536


@dataclass(frozen=True)
class _Answer:
    signatures: tuple[Signature, ...] = ()
    size: int | None = None
    """What the witness has seen of the log, where that is not what it was told."""
    problem: str | None = None


class Witnesses:
    """The witnesses of one log, by their submission addresses, and what each has seen of it."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self.addresses = tuple(each.rstrip("/") for each in addresses)
        self._seen = dict.fromkeys(self.addresses, 0)

    def cosign(
        self, note: Note, checkpoint: Checkpoint, consistency: Consistency
    ) -> tuple[list[Signature], list[str]]:
        """Return the cosignatures, and what went wrong with the other witnesses, a sentence each.

        All are asked at once and none for longer than a few seconds. `consistency` is called in
        this thread.
        """
        found: list[Signature] = []
        problems: list[str] = []
        waiting = self.addresses
        # Asked again when it names another size than we thought; more often, and it is not honest.
        for _ in range(3):
            asked = []
            for address in waiting:
                if self._seen[address] > checkpoint.size:
                    problems.append(
                        f"{address}: has seen {self._seen[address]} leaves of this log, which has"
                        f" {checkpoint.size}: is the database an older copy?"
                    )
                else:
                    proof = consistency(self._seen[address])
                    asked.append((address, _body(note, self._seen[address], proof)))
            waiting = ()
            with ThreadPoolExecutor(max_workers=max(1, len(asked))) as pool:
                for (address, _), answer in zip(asked, pool.map(_ask, asked), strict=True):
                    found += answer.signatures
                    if answer.signatures:
                        self._seen[address] = checkpoint.size
                    elif answer.size is not None and answer.size != self._seen[address]:
                        self._seen[address] = answer.size
                        waiting = (*waiting, address)
                    else:
                        problems.append(f"{address}: {answer.problem or 'refuses another history'}")
            if not waiting:
                break
        problems += [f"{address}: names another size each time" for address in waiting]
        return found, problems


def _body(note: Note, old_size: int, proof: Sequence[bytes]) -> bytes:
    lines = [f"old {old_size}", *(base64.b64encode(each).decode() for each in proof)]
    return ("\n".join(lines) + f"\n\n{note}").encode()


def _ask(asked: tuple[str, bytes]) -> _Answer:
    address, body = asked
    try:
        answer = httpx.post(f"{address}/add-checkpoint", content=body, timeout=_SECONDS)
        text = answer.content[:_MOST_ANSWERED].decode()
        if answer.status_code == 200:
            if not text.endswith("\n"):
                raise ValueError("an answer that is not lines")
            signatures = tuple(read_signature(line) for line in text[:-1].split("\n"))
            if any(each.time is None for each in signatures):
                raise ValueError("a signature without a time")
            return _Answer(signatures)
        kind = answer.headers.get("content-type", "")
        if answer.status_code == 409 and kind.startswith("text/x.tlog.size"):
            return _Answer(size=tlog.read_size(text.strip("\n")))
        return _Answer(problem=_REFUSALS.get(answer.status_code, f"answered {answer.status_code}"))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return _Answer(problem=f"cannot be reached ({type(error).__name__})")
    except ValueError as error:
        return _Answer(problem=f"does not answer as a witness: {error}")


_REFUSALS = {
    403: "does not know the key that signed (403)",
    404: "does not know this log (404)",
    409: "has seen another root at this size: this log was rewritten (409)",
    422: "what it saw of this log is not the beginning of it: this log was rewritten (422)",
}


def check_addresses(addresses: Sequence[str]) -> None:
    """Raise PypotError unless each is the address of a witness, http or https."""
    for address in addresses:
        if not address.startswith(("http://", "https://")):
            raise PypotError(f"{address}: a witness has an address that begins with https://")
