"""A witness as a process of its own, which tests start, ask, kill and start again."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pypot_cli.fairness import note, signing
from pypot_cli.fairness.note import VerifierKey, read_vkey
from pypot_cli.keys import Secret, write_new_secret

NAME = "w.example/1"


@dataclass
class RunningWitness:
    """`url` is where it listens, `vkey` its own."""

    process: subprocess.Popen[str]
    url: str
    vkey: VerifierKey


@contextmanager
def witness(
    directory: Path, log_key: VerifierKey, crash_at: str | None = None, port: int = 0
) -> Iterator[RunningWitness]:
    """A witness of that log, with its key and its state in a directory, until the block ends."""
    key = directory / "witness.key"
    if not key.exists():
        write_new_secret(key)
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "pypot_cli", "audit", "witness", "--key", str(key)),
            *("--name", NAME, "--state", str(directory / "seen.json")),
            *("--log", str(log_key), "--port", str(port)),
        ],
        env={"PATH": os.environ["PATH"], **({"PYPOT_CRASH_AT": crash_at} if crash_at else {})},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        told = dict(process.stdout.readline().split() for _ in range(2))
        yield RunningWitness(process, told["url"], read_vkey(told["vkey"]))
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


def vkey_of_log(origin: str, key: Secret) -> VerifierKey:
    """The public half of a log's key."""
    return VerifierKey(origin, note.ED25519, signing.public_key(key.reveal()))
