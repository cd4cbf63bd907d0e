"""Applies migrations the way the Supabase CLI does, so that either may carry on for the other."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.pq import TransactionStatus

from pypot_cli.errors import PypotError
from pypot_cli.migrations.statements import LexicalError, split
from pypot_cli.migrations.tree import Migration, default_root, read_migrations, read_sums

_QUERIES = Path(__file__).resolve().parents[1] / "queries"

# Any constant that nobody else locks: ASCII "pypotmig" read as a big-endian bigint.
_LOCK = int.from_bytes(b"pypotmig", "big")


def apply(conn: psycopg.Connection, migrations_dir: Path | None = None) -> list[str]:
    """Applies every pending migration as the connected role; returns their versions in order.

    Each file is one transaction and leaves its row (version, statements, name) in
    supabase_migrations.schema_migrations, made here if it is absent. `migrations_dir` is the
    checkout's `supabase/migrations` by default; `migrations.sum` is looked for beside it.
    Two callers at once wait for each other. The connection must be idle, outside a transaction.

    Raises PypotError, and applies nothing, when the database has a version that is not among the
    files, when a file's sum or the text that the database recorded differs from the file, when a
    pending version is older than an applied one; and after rolling a file back that failed.
    """
    directory = migrations_dir or default_root() / "migrations"
    migrations = read_migrations(directory)
    _refuse_edited(migrations, read_sums(directory.parent / "migrations.sum"))
    if conn.info.transaction_status != TransactionStatus.IDLE:
        raise PypotError("migrations need a connection that is not inside a transaction")
    with _autocommit(conn), _one_at_a_time(conn):
        pending = _pending(conn, migrations)
        for migration in pending:
            _apply_one(conn, migration)
    return [migration.version for migration in pending]


def apply_to(url: str, migrations_dir: Path | None = None) -> list[str]:
    """Connects to `url` and applies what is pending there: see `apply`."""
    try:
        conn = psycopg.connect(url, autocommit=True)
    except psycopg.OperationalError as error:
        raise PypotError(f"no connection to the database: {str(error).splitlines()[0]}") from error
    with conn:
        return apply(conn, migrations_dir)


def _refuse_edited(migrations: list[Migration], sums: dict[str, str]) -> None:
    for migration in migrations:
        if not migration.version:
            raise PypotError(f"{migration.file} is not named <14 digits>_<lower case words>.sql")
        if sums.get(migration.file, migration.sum) != migration.sum:
            raise PypotError(
                f"{migration.file} was edited: its sum differs from the one in migrations.sum"
            )


def _pending(conn: psycopg.Connection, migrations: list[Migration]) -> list[Migration]:
    _make_history(conn)
    applied: dict[str, list[str] | None] = dict(conn.execute(_query("applied")).fetchall())
    local = {migration.version: migration for migration in migrations}
    for version, statements in applied.items():
        if version not in local:
            raise PypotError(
                f"the database has migration {version}, which is not among the files: "
                "update the checkout, or point to another database"
            )
        if statements and _gist(statements) != _gist(_statements(local[version])):
            raise PypotError(
                f"{local[version].file} is not what the database applied as {version}: "
                "restore the file, or start with a new database"
            )
    pending = [m for m in migrations if m.version not in applied]
    last = max(applied, default="")
    if pending and pending[0].version < last:
        raise PypotError(
            f"{pending[0].file} is older than {last}, which the database has already: "
            "give it a new version"
        )
    return pending


def _make_history(conn: psycopg.Connection) -> None:
    # IF NOT EXISTS would ask for privileges that a later run need not have.
    exists = conn.execute(_query("has_history")).fetchone()
    if exists == (False,):
        with conn.transaction():
            for statement in split(_query("make_history").decode()):
                conn.execute(statement.text.encode())


def _query(name: str) -> bytes:
    return (_QUERIES / f"migrations_{name}.sql").read_bytes()


def _statements(migration: Migration) -> list[str]:
    return [statement.text for statement in split(migration.text)]


def _gist(statements: list[str]) -> str:
    # The CLI's versions differ in the white space and semicolons that they keep.
    return re.sub(r"[\s;]", "", "".join(statements))


def _apply_one(conn: psycopg.Connection, migration: Migration) -> None:
    try:
        statements = split(migration.text)
    except LexicalError as error:
        raise PypotError(f"{migration.file}:{error.line}: {error}") from error
    line = 1
    try:
        with conn.transaction():
            for statement in statements:
                line = statement.line
                conn.execute(statement.text.encode())
            texts = [statement.text for statement in statements]
            conn.execute(_query("record"), (migration.version, texts, migration.name))
    except psycopg.Error as error:
        message = error.diag.message_primary or str(error).strip()
        raise PypotError(f"{migration.file}:{line}: {message}; nothing of it stays") from error
    finally:
        if not conn.closed:
            # The one setting that a migration may change (see lint_migration).
            conn.execute("reset check_function_bodies")


@contextmanager
def _autocommit(conn: psycopg.Connection) -> Iterator[None]:
    before = conn.autocommit
    conn.autocommit = True
    try:
        yield
    finally:
        if not conn.closed:
            conn.autocommit = before


@contextmanager
def _one_at_a_time(conn: psycopg.Connection) -> Iterator[None]:
    conn.execute("select pg_catalog.pg_advisory_lock(%s)", (_LOCK,))
    try:
        yield
    finally:
        if not conn.closed:
            conn.execute("select pg_catalog.pg_advisory_unlock(%s)", (_LOCK,))
