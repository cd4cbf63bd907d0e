"""SIGINT and SIGTERM: what asks a command to end, and what must not be interrupted meanwhile.

A signal's handler runs in the main thread between any two instructions, also while that thread
holds the lock that is inside of an event, a future or an executor. To set an event then waits for a
lock that only the interrupted code can release, and an exception leaves it locked, so that who
waits for it later, such as the executor's own threads, waits for ever.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class SignalEvent(threading.Event):
    """An event that a signal's handler may set, whatever the main thread is doing with it.

    SimpleQueue is the one primitive that Python documents as reentrant.
    """

    def __init__(self) -> None:
        super().__init__()
        self._is_set = False
        self._told: SimpleQueue[None] = SimpleQueue()

    def is_set(self) -> bool:
        """See threading.Event."""
        return self._is_set

    def set(self) -> None:
        """See threading.Event."""
        self._is_set = True
        self._told.put(None)

    def clear(self) -> None:
        """See threading.Event."""
        self._is_set = False
        with contextlib.suppress(Empty):
            while True:
                self._told.get_nowait()

    def wait(self, timeout: float | None = None) -> bool:
        """See threading.Event."""
        if self._is_set:
            return True
        try:
            self._told.get(timeout=timeout)
        except Empty:
            return self._is_set
        # For others who wait.
        self._told.put(None)
        return True


@contextlib.contextmanager
def handled(handler: Callable[[int, FrameType | None], Any]) -> Iterator[None]:
    """Have `handler` called for SIGINT and SIGTERM within the block; for the main thread only."""
    before = {each: signal.signal(each, handler) for each in _SIGNALS}
    try:
        yield
    finally:
        for each, previous in before.items():
            signal.signal(each, previous)


def terminated_as_interrupted() -> contextlib.AbstractContextManager[None]:
    """Let SIGTERM unwind what was started, as Ctrl-C does, also where SIGINT was ignored."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    return handled(interrupt)


def spread(
    threads: Executor, do: Callable[[Item], Result], items: Iterable[Item]
) -> Iterator[Result]:
    """Yield what `do` returns for each item, as Executor.map; an interrupt stops no thread."""
    with _held():
        endings = [_ending(threads.submit(do, each)) for each in items]
    for ended in endings:
        yield ended.get().result()


def result_of(future: Future[Result]) -> Result:
    """Return what a future of another thread ends with; an interrupt stops no thread."""
    with _held():
        ended = _ending(future)
    return ended.get().result()


def _ending(future: Future[Result]) -> SimpleQueue[Future[Result]]:
    # Nobody else touches a future that has ended; of one that has not, its thread needs the lock.
    ended: SimpleQueue[Future[Result]] = SimpleQueue()
    future.add_done_callback(ended.put)
    return ended


@contextlib.contextmanager
def _held() -> Iterator[None]:
    """Let signals wait for the block's end."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    try:
        with handled(lambda number, _frame: came.append(number)):
            yield
    finally:
        for each in came:
            signal.raise_signal(each)
