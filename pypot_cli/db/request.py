"""A transaction as PostgREST begins it: one API request over a connection of the authenticator."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg

from pypot_cli.db.connection import query


@contextlib.contextmanager
def api_request(
    conn: psycopg.Connection[Any],
    role: str,
    claims: Mapping[str, Any] | None = None,
    *,
    method: str = "POST",
    path: str = "/",
    headers: Mapping[str, str] | None = None,
) -> Iterator[psycopg.Connection[Any]]:
    """Runs the block as `role` in one transaction, committed at its end and rolled back on error.

    `conn` is the authenticator's, autocommit, and outside a transaction. `claims` are those of the
    JWT; `role` is added to them. Header names become lower case. A GET or HEAD reads only.
    Nothing of the request stays on the connection.
    """
    settings = {
        "role": role,
        "claims": json.dumps({**(claims or {}), "role": role}),
        "method": method,
        "path": path,
        "headers": json.dumps({name.lower(): value for name, value in (headers or {}).items()}),
        "cookies": "{}",
    }
    with conn.transaction():
        if method in ("GET", "HEAD"):
            conn.execute(b"set transaction read only")
        conn.execute(query("db_request_settings"), settings)
        conn.execute(query("db_request_context"), settings)
        yield conn
