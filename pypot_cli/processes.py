"""Commands of ours as processes: started, read until they answer, stopped."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx

from pypot_cli.errors import PypotError

_START_SECONDS = 30.0
_STOP_SECONDS = 20.0


@contextlib.contextmanager
def command(
    environment: Mapping[str, str], *arguments: str, log: Path | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Start another command of ours, and stop it at the block's end; its stdout is a pipe.

    What it logs goes into `log`, or where our own does.
    """
    with contextlib.ExitStack() as files:
        running = subprocess.Popen(
            [sys.executable, "-m", "pypot_cli", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=files.enter_context(log.open("ab")) if log else None,
            text=True,
            # A session of its own: Ctrl-C reaches us alone, and we stop them one after another.
            start_new_session=True,
        )
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
        if running.stdout is not None:
            running.stdout.close()


def read_description(server: subprocess.Popen[str], last: str) -> dict[str, str]:
    """Return what a server says of itself, up to the value named `last`, once it answers."""
    told: dict[str, str] = {}
    if server.stdout is None:
        raise PypotError("a server says nothing")
    while last not in told:
        line = server.stdout.readline()
        if not line:
            raise PypotError("a server did not start: see the lines above")
        name, _, value = line.strip().partition(" ")
        told[name] = value.strip()
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{told['url']}/health", timeout=5).is_success:
                return told
        time.sleep(0.1)
    raise PypotError(f"{told['url']} did not answer in time: see the lines above")
