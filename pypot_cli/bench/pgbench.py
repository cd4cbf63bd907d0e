"""Load by pgbench: one run of one script, of which the part after everything is warm counts."""

from __future__ import annotations

import math
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pypot_cli.bench.figures import quantile
from pypot_cli.bench.meter import Meter
from pypot_cli.db.binaries import embedded
from pypot_cli.errors import PypotError

WARM_SECONDS = 1.5
"""A new connection compiles every function that it calls, which a pool's connections did before."""

_MARGIN_SECONDS = 0.2


@dataclass(frozen=True)
class Run:
    """One run: a second, `rate`; milliseconds, `p50` and `p99`; each transaction, `cpu` in ms and
    bytes of `records` and `images` of WAL. `count` is all that were made, the warm-up included.
    """

    rate: float
    p50: float
    p99: float
    cpu: float
    records: float
    images: float
    count: int


@dataclass(frozen=True)
class Pgbench:
    """The program, for one database as one role."""

    url: str
    directory: Path
    """Where it may leave its logs."""

    def initialize(self, scale: int) -> None:
        """Make the tables of TPC-B."""
        self._start("--initialize", "--quiet", f"--scale={scale}", "--fillfactor=90").end()

    def measure(
        self, meter: Meter, script: str | Path, clients: int, seconds: float,
        variables: Mapping[str, int], warm: float = WARM_SECONDS, rate: int | None = None,
    ) -> Run:  # fmt: skip
        """Run a script file, or a built-in script by its name, for some seconds after a warm-up.

        With `rate`, so many transactions a second are begun, by chance as of a crowd, and latency
        counts from when each should have begun; else each client begins one as another ends.
        """
        whole = math.ceil(warm + seconds + _MARGIN_SECONDS)
        began = meter.now()
        run = self._start(
            *_load(script, clients, variables), f"--time={whole}", "--log",
            *([f"--rate={rate}"] if rate else []),
            f"--log-prefix={self.directory / 'latency'}",
        )  # fmt: skip
        try:
            time.sleep(warm)
            since = meter.now()
            time.sleep(seconds)
            until = meter.now()
        finally:
            count = run.end()
        ended = self._ended()
        latencies = [ms for at, ms in ended if since.at <= at <= until.at]
        if not latencies:
            # One takes longer than was asked for: then the warm-up counts too.
            since, until = began, meter.now()
            latencies = [ms for _, ms in ended]
        if not latencies:
            raise PypotError(f"pgbench made no transaction in {whole} s: give --seconds more")
        latencies.sort()
        used = meter.used(since, until)
        made = len(latencies)
        return Run(
            made / used.seconds, quantile(latencies, 0.5), quantile(latencies, 0.99),
            1000 * used.cpu / made, used.records / made, used.images / made, count,
        )  # fmt: skip

    def each(
        self, script: str | Path, clients: int, times: int, variables: Mapping[str, int]
    ) -> int:
        """Run a script so many times by each client; return how often that was."""
        return self._start(*_load(script, clients, variables), f"--transactions={times}").end()

    def _ended(self) -> list[tuple[float, float]]:
        """Return when each transaction ended, and its milliseconds; drop the logs."""
        found = []
        for log in self.directory.glob("latency.*"):
            with log.open(encoding="ascii") as lines:
                for line in lines:
                    # client transaction latency script seconds microseconds
                    _, _, latency, _, second, micros, *_ = line.split()
                    found.append((int(second) + int(micros) / 1e6, int(latency) / 1000))
            log.unlink()
        return found

    def _start(self, *arguments: str) -> _Running:
        parts = urlsplit(self.url)
        environment = {
            "PATH": os.defpath, "LC_ALL": "C", "PGHOST": parts.hostname or "",
            "PGPORT": str(parts.port), "PGUSER": unquote(parts.username or ""),
            "PGPASSWORD": unquote(parts.password or ""), "PGDATABASE": parts.path[1:],
        }  # fmt: skip
        binaries = embedded()
        return _Running(
            subprocess.Popen(
                [binaries.tool("pgbench"), *arguments],
                env={**environment, **binaries.env},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )


@dataclass(frozen=True)
class _Running:
    process: subprocess.Popen[str]

    def end(self) -> int:
        """Wait for the end; return how many transactions were made, all without an error."""
        with self.process:
            try:
                said, _ = self.process.communicate()
            except BaseException:
                self.process.terminate()
                raise
        lines = said.splitlines()
        if self.process.returncode != 0:
            wrong = [line for line in lines if "error" in line or "aborted" in line]
            raise PypotError(f"pgbench: {(wrong or lines or ['it said nothing'])[0]}")
        for line in lines:
            if line.startswith("number of transactions actually processed: "):
                return int(line.split()[5].partition("/")[0])
        return 0


def _load(script: str | Path, clients: int, variables: Mapping[str, int]) -> list[str]:
    source = f"--file={script}" if isinstance(script, Path) else f"--builtin={script}"
    threads = min(clients, os.cpu_count() or 1)
    return [
        "--no-vacuum", "--protocol=prepared", f"--client={clients}", f"--jobs={threads}", source,
        *(f"--define={name}={value}" for name, value in variables.items()),
    ]  # fmt: skip
