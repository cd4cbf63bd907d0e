"""Connections by URL, whose failures are one line that hides the password; and named queries."""

import functools
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg

from pypot_cli.errors import PypotError, UnreadableInputError

PREPARE_NOTHING = None
"""For psycopg: a prepared statement stays on a connection to the server, and behind a pooler of
transactions the next one is another."""

QUERIES = Path(__file__).resolve().parent.parent / "queries"


@functools.cache
def query(name: str) -> bytes:
    """The text of `queries/<name>.sql`."""
    return (QUERIES / f"{name}.sql").read_bytes()


def connect(url: str, *, autocommit: bool = False) -> psycopg.Connection:
    """Connects, or raises PypotError with libpq's reason, which never quotes a password.

    What is no URL is an UnreadableInputError.
    """
    try:
        return psycopg.connect(
            url,
            autocommit=autocommit,
            connect_timeout=10,
            application_name="pypot",
            prepare_threshold=PREPARE_NOTHING,
        )
    except psycopg.ProgrammingError:
        # Here the reason would be the URL, and with it the password.
        raise UnreadableInputError(
            "no URL of a database: write postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
        ) from None
    except psycopg.OperationalError as error:
        lines = str(error).strip().splitlines()
        raise PypotError(f"cannot connect: {lines[0] if lines else 'no reason given'}") from None


def is_pooled(conn: psycopg.BaseConnection[Any], server_pid: int) -> bool:
    """Whether a pooler is between, given what `pg_backend_pid()` answered: it has made the key for
    cancelling up. Behind it nothing of a session may be counted on, as that a LISTEN is heard.
    """
    return conn.info.backend_pid != server_pid


def with_role(url: str, role: str) -> str:
    """The same URL for another role with the same password.

    On a Supabase stack, and wherever the compatibility layer made the roles, postgres and
    authenticator share the password of the URL the database is known by.
    """
    parts = urlsplit(url)
    _, at, place = parts.netloc.rpartition("@")
    password = password_of(url)
    secret = "" if password is None else ":" + quote(password, safe="")
    return urlunsplit(parts._replace(netloc=f"{quote(role, safe='')}{secret}@{place or at}"))


def password_of(url: str) -> str | None:
    """The password that stands in a URL, if one does."""
    password = urlsplit(url).password
    return None if password is None else unquote(password)
