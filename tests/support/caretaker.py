"""What ends and removes what a run has started, also when the run is killed."""

from __future__ import annotations

import contextlib
import ctypes
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

_PR_SET_PDEATHSIG = 1

# Waits until the run is over in whatever way, then ends what it left behind in directory $1.
_SCRIPT = """
cat >/dev/null
for lock in "$1"/*/postmaster.pid; do
    [ -f "$lock" ] || continue
    pid=$(head -n 1 "$lock")
    # Of a server that was killed the file stays, and its number may be another's by now.
    [ "$(cat "/proc/$pid/comm")" != postgres ] || kill -QUIT "$pid"
done
umount --lazy "$1"
rm -rf "$1"
"""


class Caretaker:
    """Of a directory below which each server has a directory of its own; it may be a mount."""

    def __init__(self, directory: Path) -> None:
        # A run that is killed stops no server, but its end of this pipe closes.
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _SCRIPT, "sh", directory],
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def end(self) -> None:
        """Ends what still runs there and removes the directory."""
        self._process.communicate()


@contextlib.contextmanager
def cared_for(prefix: str) -> Iterator[Path]:
    """A directory that goes with the block, and so do servers that still run below it.

    Root's servers run as another user, who can walk to it.
    """
    directory = Path(tempfile.mkdtemp(prefix=prefix))
    directory.chmod(0o711)
    caretaker = Caretaker(directory)
    try:
        yield directory
    finally:
        caretaker.end()


def end_with_us() -> None:
    """In a child, before it is our command: SIGTERM when the thread that made it ends (prctl(2)).

    A run that is killed stops nothing itself; `pypot up` then stops all that it started.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
