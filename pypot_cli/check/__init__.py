"""Every invariant of the whole database, from one snapshot: ledger, escrow, caps, chain, draws.

Those that SQL says well are queries/check/*.sql: a query that returns a row `subject, problem` for
each thing that is wrong, under a comment with the statement it proves and the table it examines.
Those that recompute hashes and signatures are in `pypot_cli.check.recomputed`: Python that shares
nothing with the functions that wrote what it checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

from pypot_cli import db
from pypot_cli.check import recomputed, scope
from pypot_cli.check.finding import Finding
from pypot_cli.db.connection import QUERIES, query
from pypot_cli.errors import PypotError, UnreadableInputError

__all__ = [
    "Check",
    "Finding",
    "Mark",
    "Outcome",
    "Since",
    "check_database",
    "check_since",
    "checked_database",
    "checks",
    "run",
    "short_checks",
    "since",
    "without_short_form",
]

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


@dataclass(frozen=True)
class Mark:
    """What a check saw: the snapshot's time, the last audit row (0, None: there is none).

    `transfer_id` is the last transfer that was an hour old, or 0.
    """

    at: datetime
    audit_id: int
    row_hash: str | None
    transfer_id: int


@dataclass(frozen=True)
class Since:
    """What a check of what changed found, in how many `pots`, and the mark for the next one."""

    pots: int
    outcomes: tuple[Outcome, ...]
    mark: Mark


def checks() -> list[Check]:
    """Return every check: the queries by name, then the recomputations."""
    files = sorted((QUERIES / "check").glob("*.sql"))
    return [_sql_check(file.stem, query(f"check/{file.stem}").decode()) for file in files] + [
        _python_check(look) for look in recomputed.CHECKS
    ]


_OF_POTS = (
    recomputed.chain_hashes,
    recomputed.chain_payloads,
    recomputed.commitment_tags,
    recomputed.rules,
    recomputed.entrant_tags,
    recomputed.merkle_trees,
    recomputed.lock_digests,
    recomputed.attestations,
    recomputed.beacons,
    recomputed.proofs,
)
"""The recomputations of which each row is of one pot."""


def short_checks() -> list[Check]:
    """Return the checks of the pots that check_since/scope.sql has set, in the order of `checks`.

    Those in queries/check_since/ stand for the one of the same name: a wallet's history is not of
    a pot, so there the check goes on from the last balance that is older.
    """
    own = {each.stem for each in (QUERIES / "check_since").glob("wallet_*.sql")}
    short = []
    for file in sorted((QUERIES / "check").glob("*.sql")):
        name, text = file.stem, query(f"check/{file.stem}").decode()
        if name in own:
            text = query(f"check_since/{name}").decode()
            short.append(_sql_check(name, text, scope.with_touched))
        elif scope.has_short_form(text):
            short.append(_sql_check(name, text, scope.of_pots))
    return short + [_python_check(look, scope.of_pots) for look in _OF_POTS]


def without_short_form() -> list[str]:
    """Return the names of the checks that only the whole form makes."""
    short = {each.name for each in short_checks()}
    return [each.name for each in checks() if each.name not in short]


def run(
    conn: psycopg.Connection[Any], report: Callable[[int, Check], None] | None = None
) -> Iterator[Outcome]:
    """Yield the outcome of each check in the connection's transaction, which it leaves open.

    `report` is told before each check, with its index. Raises psycopg.Error when something cannot
    be read.
    """
    conn.execute(query("check_snapshot"))
    yield from _look(conn, checks(), report)


def _look(
    conn: psycopg.Connection[Any],
    every: Iterable[Check],
    report: Callable[[int, Check], None] | None,
) -> Iterator[Outcome]:
    for index, check in enumerate(every):
        if report is not None:
            report(index, check)
        rows, broken, findings = check.look(conn)
        yield Outcome(check.name, check.statement, rows, broken, tuple(findings))


def check_database(url: str, report: Callable[[int, Check], None] | None = None) -> list[Outcome]:
    """Return the outcome of every check of the database `url`, all from one snapshot of it.

    Raises UnreadableInputError (exit code 2) when it cannot be reached or read.
    """
    return checked_database(url, report)[0]


def checked_database(
    url: str, report: Callable[[int, Check], None] | None = None
) -> tuple[list[Outcome], Mark]:
    """As check_database, with the mark from which check_since goes on if all held."""
    with _reading(url) as conn:
        conn.execute(query("check_snapshot"))
        mark = _mark(conn)
        return list(run(conn, report)), mark


def check_since(url: str, mark: Mark, report: Callable[[int, Check], None] | None = None) -> Since:
    """Check what changed in the database `url` since `mark`, the end of a check that held.

    That is every pot that had not ended an hour before it, or of which the log tells since that
    hour, with all that belongs to it, every transfer since that hour, and the wallets that these
    moved credits from or to, from the last balance before. Raises UnreadableInputError as
    check_database, and when the log has not the row at which the mark stands: then it is another
    database, or an older state of it.
    """
    with _reading(url) as conn:
        conn.execute(query("check_snapshot"))
        return since(conn, mark, report)


def since(
    conn: psycopg.Connection[Any],
    mark: Mark,
    report: Callable[[int, Check], None] | None = None,
    slack: timedelta = timedelta(hours=1),
) -> Since:
    """As check_since, in the connection's transaction, which it leaves open."""
    given = {**asdict(mark), "since": mark.at - slack}
    (anchored,) = conn.execute(query("check_since/anchored"), given).fetchone() or (False,)
    if not anchored:
        raise UnreadableInputError(
            "the audit log has not the row at which the last check ended: check the whole"
        )
    reached = _mark(conn)
    pots, *_ = conn.execute(query("check_since/scope"), given).fetchone() or (0,)
    return Since(pots, tuple(_look(conn, short_checks(), report)), reached)


def _mark(conn: psycopg.Connection[Any]) -> Mark:
    """Return the mark of the connection's snapshot. Before the checks: they may take hours."""
    row = conn.execute(query("check_since/anchor")).fetchone()
    assert row is not None
    return Mark(*row)


@contextmanager
def _reading(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Yield a connection to one snapshot, read only; tell what goes wrong as one line."""
    try:
        with db.connect(url) as conn:
            conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            conn.read_only = True
            yield conn
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


Narrow = Callable[[str], str]


def _sql_check(name: str, text: str, narrow: Narrow = scope.of_all) -> Check:
    comments = [line[2:].strip() for line in text.splitlines() if line.startswith("--")]
    (table,) = (line.removeprefix("rows: ") for line in comments if line.startswith("rows: "))
    statement = " ".join(line for line in comments if not line.startswith("rows: "))

    def look(conn: psycopg.Connection[Any]) -> tuple[int, int, list[Finding]]:
        with conn.cursor() as cursor:
            count = narrow(f"select count(*) from {table} as counted")
            (rows,) = cursor.execute(count.encode()).fetchone() or (0,)
            cursor.execute(narrow(text).encode())
            findings = [Finding(*row) for row in cursor.fetchmany(KEPT_FINDINGS)]
            return rows, cursor.rowcount, findings

    return Check(name, statement, look)


def _python_check(examine: recomputed.Examine, narrow: Narrow = scope.of_all) -> Check:
    def look(conn: psycopg.Connection[Any]) -> tuple[int, int, list[Finding]]:
        rows = broken = 0
        findings: list[Finding] = []
        try:
            for found in examine(recomputed.Reader(conn, narrow)):
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
