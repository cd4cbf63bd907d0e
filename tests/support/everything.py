"""`./dev test` without arguments: every test, and the linters beside them.

First most tests, in one process more than there are processors, while the linters read; when both
have ended, the tests marked `alone`, one after another. Every part runs, also after one has failed.
The exit code is 0 when all passed, else 1.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

from pypot_cli import web
from pypot_cli.config import ROOT
from pypot_cli.errors import PypotError
from tests.support import packages

# Each worker runs two servers: more of them than this would wait for the disk.
_MOST_WORKERS = 8


@dataclass(frozen=True)
class Part:
    """What became of a part of the run."""

    name: str
    passed: bool
    seconds: float

    def __str__(self) -> str:
        minutes, seconds = divmod(round(self.seconds), 60)
        return f"{self.name:<20} {'passed' if self.passed else 'FAILED'} {minutes}:{seconds:02}"


def main() -> int:
    """Runs all of it."""
    # Beforehand, because only here is seen what is fetched, and no test's time runs.
    packages.fetch_all()
    with contextlib.suppress(PypotError):  # its tests say what is missing
        web.build()
    with _Linters() as linters:
        # In the order of the files: the acceptance tests, which take longest, begin.
        order = ("--dist=loadfile", "--no-loadscope-reorder")
        # Which to make quicker next.
        slowest = ("--durations=40", "--durations-min=5")
        # One more than processors: whoever waits for a page or a deadline needs none.
        count = min((os.cpu_count() or 1) + 1, _MOST_WORKERS)
        workers = ("-n", str(count), *order)
        side_by_side = _tests("tests side by side", "-m", "not alone", *workers, *slowest)
        linted = linters.wait()
    parts = [side_by_side, linted, _tests("tests alone", "-m", "alone")]
    print("", *parts, sep="\n")
    return 0 if all(part.passed for part in parts) else 1


def _tests(name: str, *arguments: str) -> Part:
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, check=False)
    return Part(name, done.returncode == 0, time.monotonic() - began)


class _Linters:
    """`./dev lint` beside the tests; what it says is shown in one piece when it ends."""

    def __enter__(self) -> "_Linters":
        self._began = time.monotonic()
        self._process = subprocess.Popen(
            # The tests measure time, the linters do not.
            ["nice", "-n", "10", ROOT / "dev", "lint"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._part = Part("linters", passed=False, seconds=0)
        self._thread = threading.Thread(target=self._show)
        self._thread.start()
        return self

    def _show(self) -> None:
        said, _ = self._process.communicate()
        passed = self._process.returncode == 0
        self._part = Part("linters", passed, time.monotonic() - self._began)
        print(f"\n{said}{self._part}", flush=True)

    def wait(self) -> Part:
        """What became of them, once they have ended."""
        self._thread.join()
        return self._part

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        self._thread.join()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
