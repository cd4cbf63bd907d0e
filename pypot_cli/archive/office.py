"""The database as who archives sees it: role postgres, acting for a person whom the audit keeps."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg

from pypot_cli import db
from pypot_cli.db.connection import query
from pypot_cli.errors import PypotError, UnreadableInputError


class RefusedError(PypotError):
    """The database says no; `details` is what it says of why."""

    def __init__(self, token: str, details: dict[str, Any]) -> None:
        about = f" {json.dumps(details)}" if details else ""
        super().__init__(f"{token}{about}")
        self.details = details


@dataclass(frozen=True)
class Office:
    """One connection; each call is a transaction of its own, unless within `together`."""

    conn: psycopg.Connection[Any]
    person: UUID

    @contextlib.contextmanager
    def together(self, *, snapshot: bool = False) -> Iterator[None]:
        """Make the calls of the block one transaction, of one snapshot that reads only if asked.

        Raises RefusedError and PypotError.
        """
        with told(), self.conn.transaction():
            if snapshot:
                self.conn.execute(b"set transaction isolation level repeatable read, read only")
            claims = {"role": "pot_compliance", "sub": str(self.person)}
            self.conn.execute(
                query("archive/act"),
                {
                    "claims": json.dumps(claims),
                    "headers": json.dumps({"x-correlation-id": str(uuid4())}),
                },
            )
            yield

    def rows(self, name: str, **arguments: Any) -> list[Any]:
        """Return the rows of queries/archive/<name>.sql."""
        with self.together():
            return self.within(name, **arguments)

    def one(self, name: str, **arguments: Any) -> Any:
        """Return the first column of the one row."""
        return self.rows(name, **arguments)[0][0]

    def within(self, name: str, **arguments: Any) -> list[Any]:
        """Return the rows, in the transaction of `together`."""
        return self.conn.execute(query(f"archive/{name}"), arguments).fetchall()


@contextlib.contextmanager
def opened(url: str, person: UUID) -> Iterator[Office]:
    """Connect as the role of `url`, which has to be the owner of the tables: postgres."""
    with contextlib.closing(db.connect(url, autocommit=True)) as conn:
        yield Office(conn, person)


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Turn what the database says into one line that says why and what to do."""
    try:
        yield
    except psycopg.errors.InsufficientPrivilege:
        raise PypotError("this role may not archive: give --db the URL of role postgres") from None
    except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
        raise PypotError("somebody reads the archive for long: try again") from None
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedFunction):
        raise UnreadableInputError(
            "this database has no archive: run pypot migrate apply"
        ) from None
    except psycopg.errors.CheckViolation as error:
        raise PypotError(str(error.diag.message_primary)) from None
    except psycopg.Error as error:
        if (error.sqlstate or "").startswith("PT"):
            details = json.loads(error.diag.message_detail or "{}")
            raise RefusedError(str(error.diag.message_primary), details) from None
        raise PypotError(f"database: {type(error).__name__} ({error.sqlstate})") from None
