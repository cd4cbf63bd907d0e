"""`pypot api` as a process of its own over a test's database: what it logs, and what it takes."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pypot_cli.processes import command, read_description
from tests.support.api import hs256
from tests.support.database import Database


@dataclass(frozen=True)
class Served:
    """A running API; `secret` is what it trusts (HS256)."""

    url: str
    pid: int
    secret: str
    log_file: Path
    publishable_key: str

    @property
    def port(self) -> int:
        """The port on 127.0.0.1."""
        return int(self.url.rpartition(":")[2])

    @property
    def log(self) -> str:
        """What it has logged."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    @property
    def memory(self) -> int:
        """Bytes of memory that are its own now (VmRSS)."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("the API is gone")

    @property
    def processor_seconds(self) -> float:
        """Processor time that it has taken."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def token(self, claims: Mapping[str, Any]) -> str:
        """A token that it accepts; `exp` is in seconds from now."""
        return hs256(claims, self.secret)


@contextlib.contextmanager
def served(
    db: Database,
    log_file: Path,
    *,
    secret: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Served]:
    """Serves a database until the block ends; it must then end by itself, with exit code 0.

    Without `secret` it trusts one of its own.
    """
    secret = secret or secrets.token_hex(24)
    given = {
        **os.environ,
        "PYPOT_DB_URL": db.url("postgres"),
        "PYPOT_JWT_SECRET": secret,
        **(environment or {}),
    }
    with command(given, "api", "--port", "0", log=log_file) as running:
        told = read_description(running, "secret_key")
        yield Served(told["url"], running.pid, secret, log_file, told["publishable_key"])
        assert running.poll() is None, f"the API ended by itself: {running.returncode}"
    assert running.returncode == 0, f"the API ended with {running.returncode}"
