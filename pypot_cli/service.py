"""What all services share: a loop that stops when asked, retries that wait, one-line logs."""

from __future__ import annotations

import contextlib
import json
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from types import FrameType
from typing import Any, Protocol, runtime_checkable

import psycopg
import tenacity

from pypot_cli import config, correlation, lock
from pypot_cli.errors import PypotError
from pypot_cli.fairness import signing
from pypot_cli.interrupts import SignalEvent, handled
from pypot_cli.keys import Secret
from pypot_cli.monitor import Monitor, serving
from pypot_cli.rpc import BUSY, Caller, Calls, RpcError, UnavailableError, describe, is_transient
from pypot_cli.wake import Listening, Wake, unheard

ONCE_RETRY_SECONDS = 30.0
"""How long a command that ends waits for a database that is lost."""

UNKNOWN_KEY = "invalid_signature"
"""What the database answers to a key that is not registered, or was revoked."""

# Each try leaves a row in the pot's chain or an event, and its alert is open already: soon at
# first, for a draw of version 2 has seconds, and then seldom.
FIRST_RETRY_SECONDS = 5.0
LONGEST_RETRY_SECONDS = 300.0

# After something was done or told, more is often due in a moment: each pause is twice as long.
_SHORTEST_PAUSE = 0.02

_BUSY_RETRY_SECONDS = 10
_LONGEST_WAIT_SECONDS = 5


class StoppedError(PypotError):
    """The service was asked to stop while it waited for the database."""


class TooLateError(PypotError):
    """A call whose time was over before it could be made."""


class Log:
    """Structured lines on stderr: one JSON object a line, no secret in any of them."""

    def __init__(self, service: str, count: Callable[[str], None] | None = None) -> None:
        """`count` is told the name of every event."""
        self._service = service
        self._count = count

    def __call__(self, event: str, **values: Any) -> None:
        """Write one line: what happened and with which public values."""
        at = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        line = {"at": at, "service": self._service, "event": event}
        if (under_way := correlation.current()) is not None:
            line["correlation_id"] = under_way
        # Counted first: who has read the line finds it in the metrics.
        if self._count is not None:
            self._count(event)
        # One write: other threads log too.
        print(
            json.dumps({**line, **values}, default=str) + "\n", end="", file=sys.stderr, flush=True
        )


class Unheard(Log):
    """The log of a service within a simulation or a benchmark, which keeps none."""

    def __call__(self, event: str, **values: Any) -> None:
        """Write nothing."""


class Client:
    """The database as one role sees it, asked again with jittered back-off while it is busy."""

    def __init__(
        self,
        api: Calls,
        caller: Caller,
        log: Callable[..., None],
        stop: threading.Event,
        *,
        give_up: float | None,
    ) -> None:
        """`give_up`: seconds after which a lost database is an error; None: never.

        One call that stays busy is given up sooner: what is wrong may be with its pot alone.
        """
        self._api = api
        self._caller = caller
        self._log = log
        self._stop = stop
        self._give_up = give_up
        self._retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(is_transient),
            wait=tenacity.wait_random_exponential(multiplier=0.1, max=_LONGEST_WAIT_SECONDS),
            stop=self._is_over,
            sleep=tenacity.sleep_using_event(stop),
            before_sleep=self._report,
            reraise=True,
        )

    def call(self, function: str, /, **arguments: Any) -> Any:
        """As Calls.call, with retries. Raises StoppedError if asked to stop meanwhile."""
        return self._try(lambda: self._api.call(self._caller, function, **arguments))

    def call_while(self, in_time: Callable[[], bool], function: str, /, **arguments: Any) -> Any:
        """As `call`, each attempt only while `in_time`. Raises TooLateError when it is no more."""

        def attempt() -> Any:
            if not in_time():
                raise TooLateError(f"too late for {function}")
            return self._api.call(self._caller, function, **arguments)

        return self._try(attempt)

    def rows(self, function: str, /, **arguments: Any) -> list[Any]:
        """As Calls.rows, with retries."""
        found: list[Any] = self._try(lambda: self._api.rows(self._caller, function, **arguments))
        return found

    def pages(self, function: str, /, *, after: tuple[str, str], **arguments: Any) -> list[Any]:
        """As Calls.pages, all of them, with retries."""
        rows: list[Any] = self._try(
            lambda: list(self._api.pages(self._caller, function, after=after, **arguments))
        )
        return rows

    def lock_entries(self, pot_id: str) -> Iterator[bytes]:
        """Yield every entry of a locked pot in ticket order, packed, by pages (lock.differences).

        Raises what `bytes.fromhex` and struct raise for an answer that is no page.
        """
        return lock.pages(self.call, pot_id=pot_id)

    def pots(self, status: str) -> list[dict[str, Any]]:
        """Return the PotSummary of every pot in that status, newest first."""
        return self.pages("list_pots", after=("after", "id"), page_size=100, status=status)

    def _try(self, attempt: Callable[[], Any]) -> Any:
        try:
            return self._retrying(attempt)
        except psycopg.errors.InsufficientPrivilege:
            raise PypotError(
                f"this login may not become {self._caller.role}: give PYPOT_DB_URL a login that may"
            ) from None
        except (psycopg.Error, UnavailableError) as error:
            if self._stop.is_set():
                raise StoppedError("stopped while waiting for the database") from None
            raise PypotError(describe(error)) from None
        except RpcError as error:
            if self._stop.is_set() and error.token == BUSY:
                raise StoppedError("stopped while the database was busy") from None
            raise

    def _is_over(self, state: tenacity.RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        limit = _BUSY_RETRY_SECONDS if isinstance(error, RpcError) else self._give_up
        waited = state.seconds_since_start or 0.0
        return self._stop.is_set() or (limit is not None and waited > limit)

    def _report(self, state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        wait = state.next_action.sleep if state.next_action else 0
        self._log("retrying", why=describe(error) if error else "", seconds=round(wait, 2))


class PutOff:
    """Pots that were refused for now: a key that is not registered today may be tomorrow."""

    def __init__(self, purpose: str, key: Secret) -> None:
        """`purpose` is what the key is to be registered for."""
        self._purpose, self._key = purpose, key
        self._until: dict[str, tuple[float, float]] = {}

    def __bool__(self) -> bool:
        """Return whether there is any, due again or not."""
        return bool(self._until)

    def add(self, pot_id: str) -> dict[str, Any]:
        """Put a pot off, for twice as long as the last time; return what a log says of it."""
        _, last = self._until.get(pot_id, (0.0, FIRST_RETRY_SECONDS / 2))
        seconds = min(2 * last, LONGEST_RETRY_SECONDS)
        self._until[pot_id] = (time.monotonic() + seconds, seconds)
        return {
            "retry_seconds": seconds,
            "public_key": signing.public_key(self._key.reveal()).hex(),
            "hint": f"if this key is yours: pypot keys register --purpose {self._purpose}",
        }

    def waits(self, pot_id: str) -> bool:
        """Return whether it is too early to try a pot again."""
        until, _ = self._until.get(pot_id, (0.0, 0.0))
        return time.monotonic() < until

    def keep(self, pot_ids: Collection[str]) -> None:
        """Forget every pot but these."""
        self._until = {each: self._until[each] for each in pot_ids if each in self._until}


class Service(Protocol):
    """One round of work. `refusals` counts what it would not sign."""

    @property
    def refusals(self) -> int:
        """Return how often it refused."""

    def round(self) -> int:
        """Do what is due now and return how many things were done."""

    def due_in(self) -> float | None:
        """Return seconds until something is known to be due; None: nothing is."""


@runtime_checkable
class Finishing(Protocol):
    """A service whose work goes on beside its rounds."""

    def finish(self) -> None:
        """End what is under way; no round follows."""


class Together:
    """Several services that take turns as one."""

    def __init__(self, *services: Service) -> None:
        self._services = services

    @property
    def refusals(self) -> int:
        """Return what they all would not sign."""
        return sum(each.refusals for each in self._services)

    def round(self) -> int:
        """As Service.round, one after another."""
        return sum(each.round() for each in self._services)

    def due_in(self) -> float | None:
        """As Service.due_in: the first of all."""
        times = [due for each in self._services if (due := each.due_in()) is not None]
        return min(times, default=None)


@dataclass(frozen=True)
class Options:
    """How a service runs. `poll`: seconds of its longest pause."""

    once: bool = False
    poll: float = config.POLL_SECONDS
    metrics_port: int | None = None
    """Where /health and /metrics are; None: nowhere."""
    metrics_host: str = "127.0.0.1"


@dataclass(frozen=True)
class Running:
    """What a service is made with."""

    client: Client
    log: Log
    monitor: Monitor
    wake: Callable[[], None]
    """Ends the service's pause, from any thread."""


def run(
    name: str,
    api: Calls,
    caller: Caller,
    listening: Listening,
    make: Callable[[Running], Service],
    options: Options,
) -> int:
    """Run a service until SIGTERM or SIGINT, or one round of it; return the exit code.

    0: done, or stopped when asked. 1: with `once`, something was refused. Raises PypotError when
    the login may not become the role and, with `once`, when the database cannot be reached for
    half a minute or stays busy.
    """
    monitor = Monitor(name, options.poll)
    log = Log(name, monitor.event)
    wake = Wake(SignalEvent(), log)
    give_up = ONCE_RETRY_SECONDS if options.once else None
    with (
        _stopping(wake),
        serving(monitor, options.metrics_port, options.metrics_host) as port,
        api,
        (unheard if options.once else listening)(wake),
    ):
        client = Client(api, caller, log, wake.stop, give_up=give_up)
        service = make(Running(client, log, monitor, wake.wake))
        log("started", once=options.once, metrics_port=port)
        with contextlib.suppress(StoppedError):
            _work(service, wake, monitor, options)
        if isinstance(service, Finishing):
            with contextlib.suppress(StoppedError):
                service.finish()
        log("stopped", refusals=service.refusals)
    return 1 if options.once and service.refusals else 0


def _work(service: Service, wake: Wake, monitor: Monitor, options: Options) -> None:
    pause, woken = 0.0, False
    while True:
        with correlation.correlated(), monitor.round():
            done = _round(service, wake, once=options.once)
            due_in = None if options.once else service.due_in()
        if options.once or wake.stop.is_set():
            return
        quick = done or woken or not pause
        pause = _SHORTEST_PAUSE if quick else min(2 * pause, options.poll)
        # Our clock is not the database's: what is due by ours alone is looked for in a moment.
        woken = wake.pause(min(pause, max(due_in, _SHORTEST_PAUSE)) if due_in else pause)
        if wake.stop.is_set():
            return


def _round(service: Service, wake: Wake, *, once: bool) -> int:
    try:
        return service.round()
    except RpcError as error:
        # A call that stayed busy; the loop tries the whole round again.
        if once or error.token != BUSY:
            raise
        wake.log("busy")
        return 0


def _stopping(wake: Wake) -> contextlib.AbstractContextManager[None]:
    """Let SIGTERM and SIGINT end the loop after the step that is under way."""

    def ask(_signal: int, _frame: FrameType | None) -> None:
        wake.stop.set()
        wake.wake()

    return handled(ask)
