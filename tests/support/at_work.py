"""Both services as processes, at work while something happens to the database."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.support.caretaker import end_with_us

_END_SECONDS = 30.0


@contextlib.contextmanager
def services(
    url: str,
    place: Path,
    fail: Callable[[str], None],
    env: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """Orchestrator and signer over the database at `url`, to the end of the block.

    `place` holds their keys in the files o, s and m, and gets their logs and journal. `fail` is
    told when one of them has ended by itself. `env` is added to their environment. They end with
    the thread that calls, which is therefore one that lives as long.
    """
    environment = {
        "PATH": os.environ["PATH"],
        "PYPOT_DB_URL": url,
        "PYPOT_ORCHESTRATOR_KEY": str(place / "o"),
        "PYPOT_SETTLEMENT_KEY": str(place / "s"),
        "PYPOT_SEED_MASTER_KEY": str(place / "m"),
        **(env or {}),
    }
    with contextlib.ExitStack() as ends:
        for name, *more in (("orchestrate",), ("settle", "--stock", "5", "--instance", "one")):
            log = ends.enter_context((place / f"{name}.log").open("ab"))
            journal = ("--journal", str(place / "locks.sqlite"))
            process = subprocess.Popen(
                [sys.executable, "-m", "pypot_cli", name, *more, *journal, "--poll", "0.5"],
                env=environment,
                stdout=log,
                stderr=log,
                preexec_fn=end_with_us,
            )
            ends.callback(_end, process)
            ends.callback(_expect_alive, fail, name, process)
        yield


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _expect_alive(fail: Callable[[str], None], name: str, process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        fail(f"pypot {name} ended by itself with {process.returncode}")
