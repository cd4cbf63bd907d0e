"""Checkpoints on a timer beside a service: on a thread and a connection of its own.

A witness that is slow, or a destination that hangs, keeps no pot waiting. Besides the timer, the
thread is woken by the database; then it makes a checkpoint at once if a draw 2 pot was locked or
revealed since the last one, whose rows must be seen outside before its beacon's round.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pypot_cli.audit_log.checkpoint import Checkpoints, Made
from pypot_cli.audit_log.destinations import Destination
from pypot_cli.audit_log.witnesses import Witnesses
from pypot_cli.errors import PypotError
from pypot_cli.keys import Secret
from pypot_cli.rpc import Api, Caller
from pypot_cli.service import ONCE_RETRY_SECONDS, Client, Log, StoppedError
from pypot_cli.wake import Listening, Wake

CALLER = Caller("pot_orchestrator")

EVERY_SECONDS = 60.0
"""How often a checkpoint is made when nothing is urgent."""

_LOOK_SECONDS = 1.0
_RETRY_SECONDS = 2.0
_SHORTEST_PAUSE = 0.02


@dataclass(frozen=True)
class Publishing:
    """What a service needs to make checkpoints, `every` so many seconds."""

    key: Secret
    witnesses: tuple[str, ...] = ()
    destinations: tuple[Destination, ...] = ()
    every: float = EVERY_SECONDS

    def checkpoints(self, client: Client) -> Checkpoints:
        """Return what makes them, by a client that acts as pot_orchestrator."""
        return Checkpoints(client, self.key, Witnesses(self.witnesses), self.destinations)


def beside(listening: Listening, login: str, publishing: Publishing) -> Listening:
    """Return `listening` with checkpoints made within its block."""

    @contextlib.contextmanager
    def both(wake: Wake) -> Iterator[None]:
        ended = threading.Event()
        own = Wake(ended, wake.log)
        thread = threading.Thread(
            target=_run,
            args=(listening, login, publishing, own),
            name="checkpoints",
            daemon=True,
        )
        thread.start()
        try:
            with listening(wake):
                yield
        finally:
            ended.set()
            own.wake()
            thread.join()

    return both


def once(login: str, publishing: Publishing, log: Log) -> bool:
    """Make one checkpoint; return whether nothing went wrong."""
    with Api(login) as api:
        client = Client(api, CALLER, log, threading.Event(), give_up=ONCE_RETRY_SECONDS)
        made = _make(publishing.checkpoints(client), log)
    return made is not None and not made.problems


def checkpoint(login: str, publishing: Publishing) -> Made:
    """Make one checkpoint of the database of that login, and nothing else. Raises as make."""
    with Api(login) as api:
        client = Client(api, CALLER, Log("audit"), threading.Event(), give_up=ONCE_RETRY_SECONDS)
        return publishing.checkpoints(client).make()


def _run(
    listening: Listening,
    login: str,
    publishing: Publishing,
    wake: Wake,
) -> None:
    with Api(login) as api, listening(wake):
        client = Client(api, CALLER, wake.log, wake.stop, give_up=None)
        checkpoints = publishing.checkpoints(client)
        covered: frozenset[tuple[str, str]] = frozenset()
        due = time.monotonic()
        while not wake.stop.is_set():
            try:
                urgent = _urgent(client)
                if time.monotonic() >= due or urgent - covered:
                    made = _make(checkpoints, wake.log)
                    covered = urgent if made is not None else covered
                    # What failed is tried again soon, and not at every look.
                    whole = made is not None and not made.problems
                    due = time.monotonic() + min(
                        publishing.every, publishing.every if whole else _RETRY_SECONDS
                    )
                    if made is None:
                        wake.stop.wait(_RETRY_SECONDS)
            except StoppedError:
                return
            except PypotError as error:
                # Such as a database that stays busy: what was not seen now is seen next time.
                wake.log("checkpoint_failed", why=str(error))
                wake.stop.wait(_RETRY_SECONDS)
            wake.pause(min(_LOOK_SECONDS, max(_SHORTEST_PAUSE, due - time.monotonic())))


def _urgent(client: Client) -> frozenset[tuple[str, str]]:
    """Return what a witness should see soon: draw 2 pots that are locked, claimed or revealed."""
    return frozenset(
        (pot["id"], str(pot["version"]) if status == "settling" else status)
        for status in ("locked", "settling")
        for pot in client.pots(status)
        if pot["draw_version"] == 2
    )


def _make(checkpoints: Checkpoints, log: Callable[..., None]) -> Made | None:
    """Make a checkpoint and log what came of it; None when it could not be made."""
    try:
        made = checkpoints.make()
    except StoppedError:
        raise
    except PypotError as error:
        log("checkpoint_failed", why=str(error))
        return None
    shown = {"size": made.checkpoint.size, "cosignatures": made.cosignatures}
    log("checkpoint", **shown)
    for problem in made.problems:
        log("checkpoint_incomplete", why=problem, **shown)
    return made
