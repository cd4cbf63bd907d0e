"""Every invariant of the whole database, from one snapshot: ledger, escrow, caps, chain, draws.

Those that SQL says well are queries/check/*.sql: a query that returns a row `subject, problem` for
each thing that is wrong, under a comment with the statement it proves and the table it examines.
Those that recompute hashes and signatures are in `pypot_cli.check.recomputed`: Python that shares
nothing with the functions that wrote what it checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from pypot_cli import db
from pypot_cli.check import recomputed
from pypot_cli.check.finding import Finding
from pypot_cli.db.connection import QUERIES, query
from pypot_cli.errors import PypotError, UnreadableInputError

__all__ = ["Check", "Finding", "Outcome", "check_database", "checks", "run"]

KEPT_FINDINGS = 100
"""Findings a check names one by one; a broken table may have millions."""


@dataclass(frozen=True)
class Check:
    """A named invariant: `statement` says what holds, `look` examines the database."""

    name: str
    statement: str
    look: Callable[[psycopg.Connection[Any]], tuple[int, int, list[Finding]]]


@dataclass(frozen=True)
class Outcome:
    """What one check found: `broken` findings, of which the first are kept, in `rows` rows."""

    name: str
    statement: str
    rows: int
    broken: int
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Whether the invariant holds."""
        return self.broken == 0

    def as_json(self) -> dict[str, Any]:
        """Return what `pypot check --json` prints of it."""
        return {
            "name": self.name,
            "statement": self.statement,
            "holds": self.holds,
            "rows": self.rows,
            "broken": self.broken,
            "findings": [
                {"subject": each.subject, "problem": each.problem} for each in self.findings
            ],
        }


def checks() -> list[Check]:
    """Return every check: the queries by name, then the recomputations."""
    files = sorted((QUERIES / "check").glob("*.sql"))
    return [_sql_check(file.stem) for file in files] + [
        _python_check(look) for look in recomputed.CHECKS
    ]


def run(
    conn: psycopg.Connection[Any], report: Callable[[int, Check], None] | None = None
) -> Iterator[Outcome]:
    """Yield the outcome of each check in the connection's transaction, which it leaves open.

    `report` is told before each check, with its index. Raises psycopg.Error when something cannot
    be read.
    """
    conn.execute(query("check_snapshot"))
    for index, check in enumerate(checks()):
        if report is not None:
            report(index, check)
        rows, broken, findings = check.look(conn)
        yield Outcome(check.name, check.statement, rows, broken, tuple(findings))


def check_database(url: str, report: Callable[[int, Check], None] | None = None) -> list[Outcome]:
    """Return the outcome of every check of the database `url`, all from one snapshot of it.

    Raises UnreadableInputError (exit code 2) when it cannot be reached or read.
    """
    try:
        with db.connect(url) as conn:
            conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            conn.read_only = True
            return list(run(conn, report))
    except psycopg.errors.UndefinedTable:
        raise UnreadableInputError(
            "this database has no tables of Community Pots: run pypot migrate apply"
        ) from None
    except psycopg.errors.InsufficientPrivilege:
        raise UnreadableInputError(
            "this role may not read every table: give --db the URL of role postgres"
        ) from None
    except psycopg.Error as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise UnreadableInputError(f"the database cannot be read: {lines[0]}") from None
    except PypotError as error:
        raise UnreadableInputError(str(error)) from None


def _sql_check(name: str) -> Check:
    text = query(f"check/{name}").decode()
    comments = [line[2:].strip() for line in text.splitlines() if line.startswith("--")]
    (table,) = (line.removeprefix("rows: ") for line in comments if line.startswith("rows: "))
    statement = " ".join(line for line in comments if not line.startswith("rows: "))

    def look(conn: psycopg.Connection[Any]) -> tuple[int, int, list[Finding]]:
        with conn.cursor() as cursor:
            rows = dict(cursor.execute(query("check_rows")).fetchall())[table]
            cursor.execute(text.encode())
            findings = [Finding(*row) for row in cursor.fetchmany(KEPT_FINDINGS)]
            return rows, cursor.rowcount, findings

    return Check(name, statement, look)


def _python_check(examine: recomputed.Examine) -> Check:
    def look(conn: psycopg.Connection[Any]) -> tuple[int, int, list[Finding]]:
        rows = broken = 0
        findings: list[Finding] = []
        try:
            for found in examine(conn):
                rows += 1
                broken += len(found)
                findings += found[: KEPT_FINDINGS - len(findings)]
        except (ValueError, TypeError, AttributeError, OverflowError) as error:
            # Whatever its form, a value that cannot be examined is not what the statement says.
            broken += 1
            findings.append(Finding(f"row {rows + 1}", f"cannot be examined: {error}"))
        return rows, broken, findings

    statement = " ".join((examine.__doc__ or "").split())
    return Check(examine.__name__, statement, look)
