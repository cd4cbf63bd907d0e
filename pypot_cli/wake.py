"""What ends a service's pause early: it was asked to stop, or the database says something is due.

The database notifies channel `pots` when a pot is full, locked, attested, scanned or cancelled.
That is a hint: notifications are lost with their connection, behind a pooler nobody listens, and
two joins that buy the last tickets at one moment may each see the pot not full. So services poll as
well, and nothing but their speed depends on this module.
"""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import psycopg

from pypot_cli.db.connection import PREPARE_NOTHING, is_pooled, query
from pypot_cli.interrupts import SignalEvent
from pypot_cli.rpc import describe

_LISTEN_SECONDS = 0.5
_LONGEST_WAIT_SECONDS = 5.0

Listening = Callable[["Wake"], AbstractContextManager[None]]
"""Within its block, somebody calls `Wake.wake` when something may be due."""


class Wake:
    """An event that ends a pause."""

    def __init__(self, stop: threading.Event, log: Callable[..., None]) -> None:
        self.stop = stop
        self.log = log
        self._event = SignalEvent()

    def wake(self) -> None:
        """End the pause under way, or else the next one."""
        self._event.set()

    def pause(self, seconds: float) -> bool:
        """Wait for as long, or until woken; return whether woken."""
        woken = self._event.wait(seconds)
        self._event.clear()
        return woken


@contextlib.contextmanager
def unheard(_: Wake) -> Iterator[None]:
    """Listen to nothing: for a service that makes one round."""
    yield


def database(url: str) -> Listening:
    """Listen to the notifications of the database `url`, on a thread and connection of its own."""

    @contextlib.contextmanager
    def listening(wake: Wake) -> Iterator[None]:
        ended = threading.Event()
        thread = threading.Thread(
            target=_listen, args=(url, wake, ended), name="listen", daemon=True
        )
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    return listening


def _listen(url: str, wake: Wake, ended: threading.Event) -> None:
    attempt = 0
    while not ended.is_set():
        try:
            with psycopg.connect(
                url,
                autocommit=True,
                connect_timeout=10,
                application_name="pypot listen",
                prepare_threshold=PREPARE_NOTHING,
            ) as conn:
                row = conn.execute(query("db_server_pid")).fetchone()
                if row is not None and is_pooled(conn, row[0]):
                    wake.log("polling_only", why="behind a pooler nobody is notified")
                    return
                conn.execute(query("services_listen"))
                attempt = 0
                # What was told while nobody listened.
                wake.wake()
                while not ended.is_set():
                    for _ in conn.notifies(timeout=_LISTEN_SECONDS):
                        wake.wake()
        except psycopg.Error as error:
            attempt += 1
            seconds = random.uniform(0, min(_LONGEST_WAIT_SECONDS, 0.1 * 2**attempt))
            wake.log("listening_again", why=describe(error), seconds=round(seconds, 2))
            ended.wait(seconds)
