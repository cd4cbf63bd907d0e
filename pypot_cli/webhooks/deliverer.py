"""Delivers webhooks: turns events into deliveries, claims those that are due, sends and reports.

All that must survive is in the database: attempts, times, leases, circuits. A deliverer that is
killed leaves leases that end, and what it had sent without reporting is sent once more under the
same id. Any number may run.

The database is asked on one thread, one call after another; what is slow, the addresses outside, is
waited for on another, which no answer holds up.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from pypot_cli.rpc import Caller, Calls
from pypot_cli.service import Client, Log, Options, Running, run
from pypot_cli.steps import Step, step
from pypot_cli.wake import Listening
from pypot_cli.webhooks.guard import Rules
from pypot_cli.webhooks.sender import Delivery, Limits, Outcome, Sender

CALLER = Caller("pot_webhooks")

CONCURRENCY = 64
PER_WEBHOOK = 8

_MOST_EVENTS = 1000


@dataclass(frozen=True)
class Delivering:
    """How a deliverer works."""

    rules: Rules = field(default_factory=Rules)
    concurrency: int = CONCURRENCY
    """Deliveries under way at once."""
    per_webhook: int = PER_WEBHOOK
    """Of these to one webhook, over all deliverers."""
    limits: Limits = field(default_factory=Limits)

    @property
    def lease_seconds(self) -> int:
        """Return how long a delivery is this deliverer's: twice what it may take, and a little."""
        return math.ceil(2 * self.limits.whole) + 2


class Courier:
    """Sends deliveries on a thread of its own; what came of them is there to be taken."""

    def __init__(self, sender: Sender, concurrency: int, wake: Callable[[], None]) -> None:
        """`wake` is called after each outcome."""
        self._sender = sender
        self._concurrency = concurrency
        self._wake = wake
        self._outcomes: queue.Queue[tuple[Delivery, Outcome]] = queue.Queue()
        self._under_way = 0
        self._loop = asyncio.new_event_loop()
        # A resolver that hangs holds a thread, and must not hold the last one.
        self._resolvers = ThreadPoolExecutor(concurrency, "resolve")
        self._loop.set_default_executor(self._resolvers)
        self._thread = threading.Thread(target=self._loop.run_forever, name="send", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._resolvers.shutdown(wait=False, cancel_futures=True)
        self._loop.close()

    @property
    def room(self) -> int:
        """How many more may be under way."""
        return self._concurrency - self._under_way

    @property
    def is_busy(self) -> bool:
        """Whether something is under way, or has ended and was not taken."""
        return self._under_way > 0

    def send(self, delivery: Delivery) -> None:
        """Send it, beside whatever else is under way."""
        self._under_way += 1
        asyncio.run_coroutine_threadsafe(self._send(delivery), self._loop)

    def outcomes(self, *, wait: float = 0.0) -> Iterator[tuple[Delivery, Outcome]]:
        """Yield what has come of some; wait as many seconds for the first."""
        with contextlib.suppress(queue.Empty):
            taken = self._outcomes.get(timeout=wait) if wait else self._outcomes.get_nowait()
            while True:
                self._under_way -= 1
                yield taken
                taken = self._outcomes.get_nowait()

    async def _send(self, delivery: Delivery) -> None:
        self._outcomes.put((delivery, await self._sender.send(delivery)))
        self._wake()

    async def _close(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for each in others:
            each.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._sender.close()


class Deliverer:
    """One round: report what has ended, turn events into deliveries, take on what is due."""

    def __init__(
        self, client: Client, log: Log, courier: Courier, how: Delivering, *, waits: bool = False
    ) -> None:
        """`waits`: a round ends when all that is due has, one attempt each."""
        self._client = client
        self._log = log
        self._courier = courier
        self._how = how
        self._waits = waits
        self._failures = 0

    @property
    def refusals(self) -> int:
        """Return how many attempts failed."""
        return self._failures

    def round(self) -> int:
        """Do what is due now; return how many events and deliveries were dealt with."""
        done = self._report() + self._fan_out() + self._claim()
        while self._waits and self._courier.is_busy:
            done += self._report(wait=1.0) + self._fan_out() + self._claim()
        return done

    def due_in(self) -> float | None:
        """Return None: when what failed is due again is known to the database alone."""
        return None

    def finish(self) -> None:
        """Wait for what is under way, and report it."""
        while self._courier.is_busy:
            self._report(wait=1.0)

    def _fan_out(self) -> int:
        total = 0
        while True:
            with step(Step.FAN_OUT):
                turned = self._client.call("fan_out_webhooks", max_events=_MOST_EVENTS)
            events: int = turned["events"]
            total += events
            if events < _MOST_EVENTS:
                return total

    def _claim(self) -> int:
        """Take on what is due: one of each webhook first, more of one in half of the places.

        Were all places for anybody, a few webhooks that hang would hold them, and whoever is well
        would wait until they have timed out.
        """
        one_each = self._take(self._courier.room, 1)
        spare = self._courier.room - self._how.concurrency // 2
        return one_each + self._take(spare, self._how.per_webhook)

    def _take(self, most: int, per_webhook: int) -> int:
        if most <= 0:
            return 0
        with step(Step.CLAIM_DELIVERIES):
            claimed = self._client.rows(
                "claim_deliveries",
                max_deliveries=most,
                per_webhook=per_webhook,
                lease_seconds=self._how.lease_seconds,
            )
        for row in claimed:
            self._courier.send(Delivery.of(row))
        return len(claimed)

    def _report(self, *, wait: float = 0.0) -> int:
        reported = 0
        for delivery, outcome in self._courier.outcomes(wait=wait):
            with step(Step.REPORT_DELIVERY):
                answer = self._client.call(
                    "report_delivery",
                    delivery_id=delivery.delivery_id,
                    lease=delivery.lease,
                    status=outcome.status,
                    error=outcome.error,
                    retry_after=outcome.retry_after,
                )
            self._tell(delivery, outcome, answer)
            reported += 1
        return reported

    def _tell(self, delivery: Delivery, outcome: Outcome, answer: dict[str, Any]) -> None:
        what = {
            "webhook_id": delivery.webhook_id,
            "event_id": delivery.event_id,
            "delivery_id": delivery.delivery_id,
            "attempts": delivery.attempts,
            "status": outcome.status,
        }
        if outcome.error is None:
            self._log("delivered", **what)
            return
        self._failures += 1
        self._log(
            "delivery_dead" if answer["status"] == "dead" else "delivery_failed",
            **what,
            error=outcome.error,
            next_attempt_at=answer["next_attempt_at"],
            webhook_rests_until=answer["retry_at"],
        )


def deliver(calls: Calls, listening: Listening, how: Delivering, options: Options) -> int:
    """Deliver webhooks over `calls`; return the exit code (see service.run)."""
    with contextlib.ExitStack() as stack:

        def make(running: Running) -> Deliverer:
            sender = Sender(how.rules, concurrency=how.concurrency, limits=how.limits)
            courier = stack.enter_context(Courier(sender, how.concurrency, running.wake))
            return Deliverer(running.client, running.log, courier, how, waits=options.once)

        return run("deliver", calls, CALLER, listening, make, options)
