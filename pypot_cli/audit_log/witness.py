"""A witness of other parties' logs (c2sp.org/tlog-witness): cosigns what continues what it saw.

It knows nothing of what is logged. Of each log it keeps the last checkpoint that it cosigned, in
one file that is written before a cosignature leaves; a checkpoint that is older, or not proven to
continue that one, is refused, so a log cannot show it two histories.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pypot_cli.api.server import Stoppable, listen
from pypot_cli.errors import PypotError, UnreadableInputError
from pypot_cli.fairness import note as notes
from pypot_cli.fairness import signing, tlog
from pypot_cli.fairness.canonical import read_hex
from pypot_cli.fairness.note import Note, VerifierKey
from pypot_cli.fairness.tlog import Checkpoint
from pypot_cli.files import read_if_there, write_durably
from pypot_cli.keys import Secret
from pypot_cli.steps import Step, step

_LARGEST_BODY = 65536
_OLD = re.compile(r"old (\S+)")


class Answer(NamedTuple):
    """What an add-checkpoint request is answered with."""

    status: int
    body: str
    kind: str = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class _Submission:
    old_size: int
    proof: list[bytes]
    note: Note
    checkpoint: Checkpoint


class Witness:
    """One key, the logs it is for, and what it saw of them, in a file that it holds alone."""

    def __init__(
        self,
        name: str,
        key: Secret,
        logs: Sequence[VerifierKey],
        state: Path,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Raises UnreadableInputError for a state that is none, or is of another witness."""
        self.vkey = VerifierKey(name, notes.COSIGNATURE_V1, signing.public_key(key.reveal()))
        self._key = key
        self._logs = tuple(logs)
        self._state = state
        self._clock = clock
        self._seen = _read_state(state, str(self.vkey))

    def seen(self, origin: str) -> Checkpoint | None:
        """Return the last checkpoint of a log that was cosigned."""
        return self._seen.get(origin)

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer an add-checkpoint request. Not for two threads at once."""
        try:
            asked = _read_submission(body)
        except ValueError as error:
            return Answer(400, f"{error}\n")
        checkpoint = asked.checkpoint
        of_origin = [log for log in self._logs if log.name == checkpoint.origin]
        if not of_origin:
            return Answer(404, "this witness does not know that log\n")
        if not any(notes.is_signed(asked.note, log) for log in of_origin):
            return Answer(403, "not signed by a key of that log\n")
        if asked.old_size > checkpoint.size:
            return Answer(400, "the old size is larger than the checkpoint's\n")
        last = self._seen.get(checkpoint.origin) or Checkpoint(
            checkpoint.origin, 0, tlog.EMPTY_ROOT
        )
        if asked.old_size != last.size:
            return Answer(409, f"{last.size}\n", "text/x.tlog.size")
        if last.size == checkpoint.size and last.root != checkpoint.root:
            return Answer(409, "another root was cosigned at this size\n")
        if not tlog.verify_consistency(
            last.size, last.root, checkpoint.size, checkpoint.root, asked.proof
        ):
            return Answer(422, "the proof does not hold\n")
        if checkpoint != last:
            self._remember(checkpoint)
        signature = notes.cosign(
            self._key.reveal(), self.vkey.name, asked.note.text, int(self._clock())
        )
        return Answer(200, signature.line())

    def _remember(self, checkpoint: Checkpoint) -> None:
        seen = {**self._seen, checkpoint.origin: checkpoint}
        shown = {
            "witness": str(self.vkey),
            "logs": {
                each.origin: {"size": each.size, "root": each.root.hex()} for each in seen.values()
            },
        }
        with step(Step.REMEMBER):
            write_durably(self._state, json.dumps(shown, indent=2).encode() + b"\n")
        self._seen = seen


@contextlib.contextmanager
def held(state: Path) -> Iterator[None]:
    """Keep every other process from using a state file within the block.

    Two witnesses with one state would each cosign what the other did not see. Raises PypotError
    when another process has it.
    """
    try:
        state.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(
            state.with_name(state.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
    except OSError as error:
        raise PypotError(f"cannot lock {state}: {error.strerror}") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise PypotError(f"another witness is running with {state}") from None
    finally:
        os.close(descriptor)


def application(witness: Witness) -> Starlette:
    """Return the witness as an ASGI application: POST /add-checkpoint."""

    async def add_checkpoint(request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LARGEST_BODY:
                return Response("too large\n", 413, media_type="text/plain")
        # On the event loop, so that no two are judged at once by the same state.
        answer = witness.add_checkpoint(body)
        return Response(answer.body, answer.status, headers={"Content-Type": answer.kind})

    return Starlette(routes=[Route("/add-checkpoint", add_checkpoint, methods=["POST"])])


def serve(witness: Witness, host: str, port: int, ready: Callable[[int], None]) -> None:
    """Answer until SIGTERM or SIGINT; `ready` is told the port, any free one for 0.

    Raises PypotError when the port is taken.
    """
    listener = listen(port, host)
    listener.listen()  # now, so that whoever is told the port can connect to it
    ready(listener.getsockname()[1])
    config = uvicorn.Config(
        application(witness),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )
    Stoppable(config).run(sockets=[listener])


def _read_submission(body: bytes) -> _Submission:
    """Return what add-checkpoint was sent. Raises ValueError for what is no such request."""
    head, gap, rest = body.partition(b"\n\n")
    lines = head.decode("ascii", errors="replace").split("\n")
    old = _OLD.fullmatch(lines[0])
    if not gap or old is None:
        raise ValueError("not an add-checkpoint request")
    if len(lines) > 1 + tlog.LONGEST_PATH:
        raise ValueError(f"a proof has at most {tlog.LONGEST_PATH} hashes")
    proof = [tlog.read_hash(line) for line in lines[1:]]
    note = notes.read_note(rest)
    return _Submission(tlog.read_size(old[1]), proof, note, tlog.read_checkpoint(note.text))


def _read_state(file: Path, vkey: str) -> dict[str, Checkpoint]:
    content = read_if_there(file)
    if content is None:
        return {}
    try:
        state = json.loads(content)
        owner = state["witness"]
        seen = {
            origin: Checkpoint(
                origin, tlog.read_size(str(each["size"])), read_hex(each["root"], 32, "a root")
            )
            for origin, each in state["logs"].items()
        }
    except (ValueError, TypeError, KeyError, AttributeError):
        raise UnreadableInputError(
            f"{file} is not a witness's state: without it, this witness would forget what it saw"
        ) from None
    if owner != vkey:
        raise UnreadableInputError(f"{file} is the state of another witness, {owner}")
    return seen
