"""What a throwaway server uses while it is measured: CPU of its processes, and WAL."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from pypot_cli import db
from pypot_cli.db.connection import query
from pypot_cli.errors import PypotError

SETTINGS = {"shared_buffers": "1GB", "max_wal_size": "32GB", "checkpoint_timeout": "1h"}
"""Enough memory for whatever is measured, and no checkpoint but those that are asked for.

Everything that makes a commit durable stays as it is."""


@dataclass(frozen=True)
class Moment:
    """What was used up to a moment: `at` is Unix time, `cpu` seconds, `wal` a place in the WAL."""

    at: float
    cpu: float
    wal: str


@dataclass(frozen=True)
class Used:
    """What was used between two moments: seconds, and bytes."""

    seconds: float
    cpu: float
    records: int
    images: int


class Meter:
    """Reads one server; the database has pg_walinspect in schema bench."""

    def __init__(self, cluster: db.Cluster, conn: psycopg.Connection[Any]) -> None:
        """`conn` is the superuser's, autocommit."""
        lines = (cluster.data_dir / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        self._postmaster = int(lines[0])
        self._conn = conn

    def now(self) -> Moment:
        """Return what was used until now."""
        row = self._conn.execute("select pg_current_wal_flush_lsn()::text").fetchone()
        assert row is not None
        return Moment(time.time(), cpu_seconds(self._postmaster), row[0])

    def used(self, since: Moment, until: Moment) -> Used:
        """Return what was used from one moment to another."""
        row = self._conn.execute(
            query("bench/wal"), {"since": since.wal, "until": until.wal}
        ).fetchone()
        assert row is not None
        return Used(until.at - since.at, until.cpu - since.cpu, row[0], row[1])


def cpu_seconds(postmaster: int) -> float:
    """Return the CPU that a server's processes have used, those that ended included; Linux only."""
    ticks = 0
    for pid in _family(postmaster):
        try:
            # The name, in parentheses, may hold anything; the fields after it are numbers.
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        except (FileNotFoundError, ProcessLookupError):
            continue
        fields = stat.rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
        if pid == postmaster:
            # Of its children, once they ended.
            ticks += int(fields[13]) + int(fields[14])
    return ticks / os.sysconf("SC_CLK_TCK")


def _family(postmaster: int) -> list[int]:
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children")
    if not children.exists():
        raise PypotError("CPU is read from /proc: run this benchmark on Linux")
    return [postmaster, *map(int, children.read_text(encoding="ascii").split())]
