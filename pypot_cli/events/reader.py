"""Events in order of position, as role pot_events reads them. Nothing is acknowledged here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import tenacity

from pypot_cli.events.registry import require_kinds
from pypot_cli.rpc import Caller, Calls, is_transient

Event = dict[str, Any]

CALLER = Caller("pot_events")
PAGE_SIZE = 1000
_GIVE_UP_SECONDS = 60.0


class Reader:
    """Reads events of some kinds, of all without any. For one thread.

    Calls are made again while the database is busy or away, for a minute. Raises as `Calls.call`.
    """

    def __init__(self, calls: Calls, kinds: Sequence[str] = ()) -> None:
        """Raise PypotError for a kind that there is not."""
        require_kinds(kinds)
        self._calls = calls
        self._kinds = "{" + ",".join(kinds) + "}" if kinds else None

    def end(self) -> int:
        """Give what has committed its position; return the last one, 0 when there is none."""
        while True:
            done = self._retried(lambda: self._calls.call(CALLER, "sequence_events"))
            if not done["sequenced"]:
                return int(done["position"])

    def page(self, after: int, page_size: int = PAGE_SIZE) -> list[Event]:
        """Return the next events after a position, `page_size` at most."""
        found: list[Event] = self._retried(
            lambda: self._calls.rows(
                CALLER, "read_events", after=after, kinds=self._kinds, page_size=page_size
            )
        )
        return found

    def until(self, after: int, end: int) -> Iterator[list[Event]]:
        """Yield the events after a position up to another, page by page, none of them empty."""
        while after < end:
            page = self.page(after)
            kept = [event for event in page if event["position"] <= end]
            if kept:
                yield kept
            if len(kept) < PAGE_SIZE:
                return
            after = kept[-1]["position"]

    def last(self, count: int) -> list[Event]:
        """Return the last `count` events, by looking back further and further."""
        end, span = self.end(), count
        while count > 0:
            start = max(end - span, 0)
            found: list[Event] = []
            for page in self.until(start, end):
                found = [*found, *page][-count:]
            if len(found) == count or start == 0:
                return found
            span *= 10
        return []

    def follow(self, after: int, every: float) -> Iterator[Event]:
        """Yield the events after a position for ever, looking every so many seconds."""
        while True:
            end = self.end()
            for page in self.until(after, end):
                yield from page
            after = max(after, end)
            time.sleep(every)

    @staticmethod
    def _retried(call: Callable[[], Any]) -> Any:
        return tenacity.Retrying(
            retry=tenacity.retry_if_exception(is_transient),
            wait=tenacity.wait_random_exponential(0.1, max=2),
            stop=tenacity.stop_after_delay(_GIVE_UP_SECONDS),
            reraise=True,
        )(call)
