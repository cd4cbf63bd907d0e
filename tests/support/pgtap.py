"""Collects sql/tests/**/*.test.sql: each file is one test on each PostgreSQL.

A file is handed to psql whole, as pg_prove does, and its TAP (https://testanything.org) is read.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pypot_cli.db.binaries import embedded
from tests.support.fixtures import servers_of, unavailable
from tests.support.packages import MissingProgramError
from tests.support.servers import MAJORS, Template

_LINE = re.compile(r"(?P<no>not )?ok\b *(?P<number>\d+)?(?P<rest>.*)")


class TapFailureError(Exception):
    """What a file reported, failing lines first."""


class PgTapFile(pytest.File):
    """One file of pgTAP tests."""

    def collect(self) -> Iterator["PgTapItem"]:
        """Yields the file once for each major version."""
        for major in MAJORS:
            yield PgTapItem.from_parent(self, name=f"pg{major}", major=major)


class PgTapItem(pytest.Item):
    """One file on one PostgreSQL."""

    def __init__(self, *, major: int, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.major = major

    def runtest(self) -> None:
        """Runs the file as the superuser, and raises TapFailureError unless all of it passed."""
        servers = servers_of(self.config)
        try:
            url = servers.pgtap_url(Template(self.major))
        except MissingProgramError as error:
            unavailable(str(error))
        done = psql(url, self.path)
        problems = read_tap(done.stdout)
        if done.returncode != 0 or problems:
            raise TapFailureError("\n".join([*problems, done.stderr.strip()]).strip())

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None
    ) -> str:
        """The failing lines alone; the trace of this module helps nobody."""
        if isinstance(excinfo.value, TapFailureError):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Names the test by its file and server."""
        return self.path, 0, f"{self.path.stem.removesuffix('.test')} on PostgreSQL {self.major}"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> PgTapFile | None:
    """Takes every `*.test.sql`."""
    if file_path.name.endswith(".test.sql"):
        return PgTapFile.from_parent(parent, path=file_path)
    return None


def psql(url: str, file: Path, seconds: float | None = None) -> subprocess.CompletedProcess[str]:
    """Runs a file with the options that pg_prove gives psql.

    Raises subprocess.TimeoutExpired after `seconds`.
    """
    command = [
        embedded().tool("psql"),
        "--no-psqlrc",
        "--no-align",
        "--quiet",
        "--pset=pager=off",
        "--tuples-only",
        "--set=ON_ERROR_ROLLBACK=1",
        "--set=ON_ERROR_STOP=1",
        f"--file={file}",
        url,
    ]
    env = {**os.environ, "PGOPTIONS": "", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        command, env=env, capture_output=True, text=True, check=False, timeout=seconds
    )


def read_tap(output: str) -> list[str]:
    """The reasons why a TAP stream is not a pass, each with the comments below it."""
    problems: list[str] = []
    planned: int | None = None
    skipped_all = False
    ran = 0
    in_failure = False
    for line in output.splitlines():
        if plan := re.fullmatch(r"1\.\.(\d+)(.*)", line):
            planned, skipped_all = int(plan[1]), "skip" in plan[2].lower()
        elif result := _LINE.match(line):
            ran += 1
            in_failure = bool(result["no"]) and not re.search(r"# *TODO", result["rest"], re.I)
            if result["number"] and int(result["number"]) != ran:
                problems.append(f"out of order, {ran} expected: {line}")
            elif in_failure:
                problems.append(line)
        elif line.startswith("Bail out!") or (in_failure and line.startswith("#")):
            problems.append(line)
    if planned is None:
        problems.append("no plan: the file ended early, or ran no test")
    elif planned != ran and not skipped_all:
        problems.append(f"planned {planned} tests and ran {ran}")
    return problems
