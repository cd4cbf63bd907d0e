"""A signal comes between any two steps, and nobody waits for ever for what it interrupted."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pypot_cli.interrupts import SignalEvent, spread

# Each runs in a process of its own, which can be killed if it hangs.
AT_EACH_STEP = """
import asyncio, concurrent.futures.thread, os, signal, sys, threading
from concurrent.futures import ThreadPoolExecutor
from pypot_cli import interrupts
from pypot_cli.interrupts import SignalEvent, handled, result_of, spread, terminated_as_interrupted

STEPS = {
    threading.__file__, concurrent.futures.thread.__file__, concurrent.futures._base.__file__,
    interrupts.__file__,
}

def signalled_at(step, do):
    "Call `do` with a SIGTERM at its step of that number; return whether it has so many."
    seen = 0

    def hook(frame, event, _):
        nonlocal seen
        if frame.f_code.co_filename in STEPS:
            seen += 1
            if seen == step:
                sys.setprofile(None)
                signal.raise_signal(signal.SIGTERM)

    sys.setprofile(hook)
    try:
        do()
    finally:
        sys.setprofile(None)
    return seen >= step
"""


def run(script: str) -> int:
    """Return what a script says, a number of steps."""
    done = subprocess.run(
        [sys.executable, "-c", AT_EACH_STEP + script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_an_interrupt_leaves_the_threads_of_an_executor_working() -> None:
    steps = run("""
step, interrupts_seen = 0, 0
while True:
    step += 1
    pool = ThreadPoolExecutor(3)
    try:
        with terminated_as_interrupted():
            if not signalled_at(step, lambda: list(spread(pool, str, range(4)))):
                break
    except KeyboardInterrupt:
        interrupts_seen += 1
    assert pool.submit(str, 7).result(timeout=20) == "7", step
    pool.shutdown()
pool.shutdown()
assert interrupts_seen == step - 1
print(step)
""")
    assert steps > 100


def test_an_interrupt_leaves_a_loop_of_another_thread_working() -> None:
    steps = run("""
loop = asyncio.new_event_loop()
thread = threading.Thread(target=loop.run_forever)
thread.start()

def ask(timeout=None):
    future = asyncio.run_coroutine_threadsafe(asyncio.sleep(0.001, "slept"), loop)
    return future.result(timeout) if timeout else result_of(future)

step = 0
while True:
    step += 1
    try:
        with terminated_as_interrupted():
            if not signalled_at(step, ask):
                break
    except KeyboardInterrupt:
        pass
    assert ask(timeout=20) == "slept", step
loop.call_soon_threadsafe(loop.stop)
thread.join()
print(step)
""")
    assert steps > 10


def test_an_event_is_set_by_a_signal_whatever_is_being_done_with_it() -> None:
    steps = run("""
most = 0
for do in ("wait", "wait a moment", "set", "clear", "is_set"):
    step = 0
    while True:
        step += 1
        event = SignalEvent()
        acts = {"wait": lambda: event.wait(20), "wait a moment": lambda: event.wait(0.001)}
        act = acts.get(do) or getattr(event, do)
        if do == "wait":
            # So that it ends where no step is left to be signalled at.
            threading.Timer(0.05, event.set).start()
        with handled(lambda *_: event.set()):
            if not signalled_at(step, act):
                break
        if do != "clear":
            assert event.is_set() and event.wait(0), (do, step)
    most = max(most, step)
print(most)
""")
    assert steps > 5


def test_an_event_is_one_as_any_other() -> None:
    event = SignalEvent()
    assert not event.is_set()
    assert not event.wait(0)
    woken = []
    threads = [threading.Thread(target=lambda: woken.append(event.wait(20))) for _ in range(3)]
    for thread in threads:
        thread.start()
    event.set()
    for thread in threads:
        thread.join()
    assert woken == [True] * 3
    assert event.wait()
    event.set()
    event.clear()
    assert not event.is_set()
    began = time.monotonic()
    assert not event.wait(0.05)
    assert time.monotonic() - began >= 0.05


def test_answers_come_in_the_order_of_what_was_asked_and_errors_where_they_were() -> None:
    def slowest_first(number: int) -> int:
        time.sleep(0.05 / (number + 1))
        return 1 // (3 - number)

    with ThreadPoolExecutor(4) as pool:
        answers = spread(pool, slowest_first, range(4))
        assert [next(answers) for _ in range(3)] == [0, 0, 1]
        with pytest.raises(ZeroDivisionError):
            next(answers)
