"""Rounds that somebody waits for, fetched on a thread of their own.

A service that asked for them itself would lock, attest and reveal nothing while an endpoint keeps
it waiting; so it says which rounds it wants, goes on, and is woken when one is there.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from pypot_cli.beacon.source import BeaconUnavailableError, Source
from pypot_cli.fairness.beacon import Chain
from pypot_cli.service import Log

Round = tuple[Chain, int]

_ATTEMPT_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 15.0
_LONGEST_SLEEP_SECONDS = 60.0  # a clock may be set meanwhile


class Rounds(Protocol):
    """Where signatures of rounds come from."""

    def want(self, rounds: Collection[Round]) -> None:
        """Say which rounds are wanted from now on, and no others."""

    def get(self, chain: Chain, number: int) -> bytes | None:
        """Return the verified signature of a wanted round; None: it is not there yet."""


class RoundsNow:
    """Fetches when asked, for a command that ends: it may as well wait."""

    def __init__(
        self, source: Source, log: Log, give_up: float, clock: Callable[[], float] = time.time
    ) -> None:
        """`give_up`: seconds to wait for a round whose time has come."""
        self.missed = 0
        self._source = source
        self._log = log
        self._give_up = give_up
        self._clock = clock

    def want(self, rounds: Collection[Round]) -> None:
        """As Rounds.want."""

    def get(self, chain: Chain, number: int) -> bytes | None:
        """As Rounds.get; a round that is due and cannot be had counts as `missed`."""
        if chain.round_time(number) > self._clock() * 1e6:
            return None
        try:
            return self._source.fetch(chain, number, give_up=self._give_up, stop=threading.Event())
        except BeaconUnavailableError as error:
            self.missed += 1
            self._log("beacon_unavailable", round=number, why=str(error))
            return None


@dataclass
class _Attempt:
    at: float  # when to ask next, by the clock
    tried: int = 0


class RoundsInBackground:
    """Fetches each wanted round when its time comes, and after that until it is there.

    Between `start` and `close`. A beacon that is down is waited for: what a wait could be traded
    for, such as a draw without it, would be a choice that somebody has.
    """

    def __init__(self, source: Source, clock: Callable[[], float] = time.time) -> None:
        self._source = source
        self._clock = clock
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._wanted: dict[Round, _Attempt] = {}
        self._found: dict[Round, bytes] = {}
        self._thread: threading.Thread | None = None

    def start(self, wake: Callable[[], None], log: Log) -> None:
        """Begin; `wake` is called after each round that was fetched."""
        self._thread = threading.Thread(
            target=self._run, args=(wake, log), name="beacon", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """End after the question under way."""
        self._stop.set()
        with self._changed:
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def want(self, rounds: Collection[Round]) -> None:
        """As Rounds.want."""
        with self._changed:
            for each in self._wanted.keys() - set(rounds):
                del self._wanted[each]
            for each in self._found.keys() - set(rounds):
                del self._found[each]
            for chain, number in set(rounds) - self._wanted.keys() - self._found.keys():
                self._wanted[chain, number] = _Attempt(chain.round_time(number) / 1e6)
            self._changed.notify()

    def get(self, chain: Chain, number: int) -> bytes | None:
        """As Rounds.get."""
        with self._changed:
            return self._found.get((chain, number))

    def _run(self, wake: Callable[[], None], log: Log) -> None:
        while (due := self._next_due()) is not None:
            chain, number = due
            try:
                found = self._source.fetch(chain, number, give_up=_ATTEMPT_SECONDS, stop=self._stop)
            except BeaconUnavailableError as error:
                self._put_off(due, log, error)
                continue
            with self._changed:
                if self._wanted.pop(due, None) is not None:
                    self._found[due] = found
            wake()

    def _next_due(self) -> Round | None:
        """Wait for a round whose time has come; None: closed."""
        with self._changed:
            while not self._stop.is_set():
                first = min(self._wanted, key=lambda each: self._wanted[each].at, default=None)
                if first is None:
                    self._changed.wait()
                    continue
                pause = self._wanted[first].at - self._clock()
                if pause <= 0:
                    return first
                self._changed.wait(min(pause, _LONGEST_SLEEP_SECONDS))
        return None

    def _put_off(self, due: Round, log: Log, error: BeaconUnavailableError) -> None:
        chain, number = due
        with self._changed:
            attempt = self._wanted.get(due)
            if attempt is None:
                return
            attempt.tried += 1
            longest = min(_LONGEST_PAUSE_SECONDS, 0.2 * 2 ** min(attempt.tried, 8))
            pause = random.uniform(0, longest)
            attempt.at = self._clock() + pause
        late = self._clock() - chain.round_time(number) / 1e6
        log("beacon_unavailable", round=number, late=round(late, 1), why=str(error))
