"""Who is on a channel, and what the policies on realtime.messages let them do there."""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from pypot_cli.db.connection import query
from pypot_cli.service import Log

Extension = Literal["broadcast", "presence"]


class InvalidTokenError(Exception):
    """A token or key that is not accepted; the text is what the client reads."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class DatabaseUnavailableError(Exception):
    """The database cannot be asked now."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A role and its claims; `expires_at` in seconds of Unix time, None for a key without end."""

    role: str
    claims: Mapping[str, Any]
    expires_at: float | None


class Tokens(Protocol):
    """Verifies what a client shows. Both raise InvalidTokenError."""

    def of_key(self, key: str) -> Caller:
        """The caller of an API key: `sb_publishable_…`, `sb_secret_…` or a JWT."""

    def of_token(self, token: str) -> Caller:
        """The caller of a user's JWT, which has claims `role` and `exp`."""


class Authorizer:
    """Asks the policies on realtime.messages, as hosted Realtime does: tries, and rolls back."""

    def __init__(self, pool: "AsyncConnectionPool[psycopg.AsyncConnection[Any]]", log: Log) -> None:
        """`pool` holds connections of the database's owner, postgres."""
        self._pool = pool
        self._log = log

    async def readable(
        self, caller: Caller, topic: str, extensions: Iterable[Extension]
    ) -> frozenset[Extension]:
        """Those of the extensions that the caller may read on the private topic.

        The owner writes a row for each, the caller looks for them. Raises
        DatabaseUnavailableError.
        """
        probes: dict[uuid.UUID, Extension] = {uuid.uuid4(): each for each in extensions}
        try:
            async with self._pool.connection() as conn, conn.transaction(force_rollback=True):
                for probe, extension in probes.items():
                    await conn.execute(query("realtime_probe"), [probe, topic, extension])
                if not await _become(conn, caller, topic):
                    return frozenset()
                rows = await conn.execute(query("realtime_visible"), [list(probes)])
                return frozenset(probes[probe] for (probe,) in await rows.fetchall())
        except _REFUSALS as error:
            self._note(error)
            return frozenset()
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise DatabaseUnavailableError from error

    async def writable(self, caller: Caller, topic: str, extension: Extension) -> bool:
        """Whether the caller may send there. Raises DatabaseUnavailableError."""
        try:
            async with self._pool.connection() as conn, conn.transaction(force_rollback=True):
                if not await _become(conn, caller, topic):
                    return False
                await conn.execute(query("realtime_probe"), [uuid.uuid4(), topic, extension])
                return True
        except _REFUSALS as error:
            self._note(error)
            return False
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise DatabaseUnavailableError from error

    def _note(self, error: psycopg.Error) -> None:
        if not isinstance(error, psycopg.errors.InsufficientPrivilege):
            self._log("realtime_policy_failed", sqlstate=error.sqlstate)


# A policy that raises refuses, and so does what PostgreSQL cannot hold as text (U+0000).
_REFUSALS = (
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.QueryCanceled,
    psycopg.DataError,
    psycopg.ProgrammingError,
    psycopg.IntegrityError,
    psycopg.InternalError,
)


async def _become(conn: psycopg.AsyncConnection[Any], caller: Caller, topic: str) -> bool:
    """Makes the rest of the transaction the caller's; False for a role no request may have."""
    claims = json.dumps(dict(caller.claims))
    rows = await conn.execute(
        query("realtime_become"), {"role": caller.role, "claims": claims, "topic": topic}
    )
    return await rows.fetchone() is not None
