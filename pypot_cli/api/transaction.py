"""One request, one transaction: what PostgREST tells the database about the caller.

Nothing here knows HTTP; a websocket that must read what a caller may read uses `become` alone.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from psycopg import sql

from pypot_cli.api.database import Connection, query
from pypot_cli.api.tokens import Identity

RoleSettings = Mapping[str, Mapping[str, str]]
"""What `alter role … set` says, by role."""

_ISOLATION = {
    "read committed": sql.SQL("set transaction isolation level read committed"),
    "repeatable read": sql.SQL("set transaction isolation level repeatable read"),
    "serializable": sql.SQL("set transaction isolation level serializable"),
}
_ISOLATION_SETTING = "default_transaction_isolation"


@dataclass(frozen=True)
class Request:
    """What a request shows to SQL. `path` without /rest/v1; header names in lower case."""

    identity: Identity
    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)

    def settings(self) -> dict[str, str]:
        """The settings `request.*`."""
        return {
            "request.method": self.method,
            "request.path": self.path,
            "request.headers": json.dumps(dict(self.headers), ensure_ascii=False),
            "request.cookies": json.dumps(dict(self.cookies), ensure_ascii=False),
        }


async def become(
    conn: Connection,
    identity: Identity,
    roles: RoleSettings,
    settings: Mapping[str, str] | None = None,
) -> None:
    """Makes the rest of the running transaction the caller's: settings, claims, then the role.

    Raises psycopg.errors.InvalidParameterValue when the role does not exist, and
    InsufficientPrivilege when the login may not become it.
    """
    every = {
        **roles.get(identity.role, {}),
        **(settings or {}),
        "request.jwt.claims": identity.claims_json,
        # Last, since the role may lack the privilege for what `alter role` gave it.
        "role": identity.role,
    }
    every.pop(_ISOLATION_SETTING, None)
    await conn.execute(query("api_become"), {"names": list(every), "values": list(every.values())})


@contextlib.asynccontextmanager
async def request_transaction(
    conn: Connection,
    request: Request,
    roles: RoleSettings,
    *,
    search_path: tuple[str, ...],
    read_only: bool,
    settings: Mapping[str, str] | None = None,
) -> AsyncIterator[Connection]:
    """Runs the block as the request's caller; commits at its end, rolls back when it raises.

    `conn` is the authenticator's, autocommit and outside a transaction. `settings` are those that a
    function asks for its whole transaction (statement_timeout, default_transaction_isolation).
    """
    settings = settings or {}
    isolation = settings.get(_ISOLATION_SETTING) or roles.get(request.identity.role, {}).get(
        _ISOLATION_SETTING
    )
    schemas = sql.SQL(", ").join(map(sql.Identifier, search_path)).as_string(conn)
    async with conn.transaction():
        if isolation in _ISOLATION:
            await conn.execute(_ISOLATION[isolation])
        if read_only:
            await conn.execute("set transaction read only")
        await become(
            conn,
            request.identity,
            roles,
            {"search_path": schemas, **request.settings(), **settings},
        )
        yield conn
