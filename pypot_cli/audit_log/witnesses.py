"""Asking witnesses to cosign a checkpoint (c2sp.org/tlog-witness, add-checkpoint)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from pypot_cli import exchange
from pypot_cli.errors import PypotError
from pypot_cli.fairness import tlog
from pypot_cli.fairness.note import Note, Signature, read_signature
from pypot_cli.fairness.tlog import Checkpoint
from pypot_cli.interrupts import spread

Consistency = Callable[[int], Sequence[bytes]]
"""The proof that the checkpoint's log begins with its first so many leaves."""

_SECONDS = 5.0
_MOST_ANSWERED = 65536
_MOST_KEYS = 4  # of one witness: with all of them a checkpoint must stay a note that can be read


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
        self._keys: dict[str, set[tuple[str, bytes]]] = {each: set() for each in self.addresses}

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
                for (address, _), answer in zip(asked, spread(pool, _ask, asked), strict=True):
                    found += self._of_its_keys(address, answer.signatures)
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

    def _of_its_keys(self, address: str, signatures: Sequence[Signature]) -> Iterator[Signature]:
        """Yield those by the first few keys that were heard of from a witness."""
        keys = self._keys[address]
        for each in signatures:
            if len(keys) < _MOST_KEYS:
                keys.add((each.name, each.key_id))
            if (each.name, each.key_id) in keys:
                yield each


def _body(note: Note, old_size: int, proof: Sequence[bytes]) -> bytes:
    lines = [f"old {old_size}", *(base64.b64encode(each).decode() for each in proof)]
    return ("\n".join(lines) + f"\n\n{note}").encode()


def _ask(asked: tuple[str, bytes]) -> _Answer:
    address, body = asked
    try:
        answer = exchange.ask(
            "POST",
            f"{address}/add-checkpoint",
            seconds=_SECONDS,
            most=_MOST_ANSWERED,
            content=body,
        )
        text = answer.body.decode()
        if answer.status == 200:
            if not text.endswith("\n"):
                raise ValueError("an answer that is not lines")
            signatures = tuple(read_signature(line) for line in text[:-1].split("\n"))
            if any(each.time is None for each in signatures):
                raise ValueError("a signature without a time")
            if len(signatures) > _MOST_KEYS:
                raise ValueError(f"more than {_MOST_KEYS} signatures")
            return _Answer(signatures)
        kind = answer.headers.get("content-type", "")
        if answer.status == 409 and kind.startswith("text/x.tlog.size"):
            return _Answer(size=tlog.read_size(text.strip("\n")))
        return _Answer(problem=_REFUSALS.get(answer.status, f"answered {answer.status}"))
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
