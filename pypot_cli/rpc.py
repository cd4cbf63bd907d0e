"""Calls of the public functions as PostgREST makes them, over a database connection.

One call is one transaction: the authenticator (or any login that may become the role) takes on the
caller's role and claims, calls `public.<function>` with named arguments, and commits. A documented
error (contract, section 4) is an RpcError, whether it was raised or returned as a refusal that
committed its record.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from pypot_cli import config, correlation, db
from pypot_cli.db.connection import PREPARE_NOTHING, query
from pypot_cli.db.request import api_request
from pypot_cli.errors import PypotError, UnreadableInputError

BUSY = "busy"
"""The one documented error that asks for the same call again."""


class JsonString(str):
    """A string for an argument of type jsonb, which a plain one would have to spell in JSON."""


_REFUSAL = {"code", "message", "details", "hint"}
_LONGEST_PAGE = 1000


class RpcError(PypotError):
    """A documented refusal of a call.

    `code` is the SQLSTATE (`PT409`), `token` the stable name (`pot_full`), `details` the JSON
    object behind DETAIL, `hint` a sentence for a person. `recorded` says that the database kept a
    record of it, because it was returned and not raised.
    """

    def __init__(
        self, code: str, token: str, details: Mapping[str, Any], hint: str, *, recorded: bool
    ) -> None:
        super().__init__(f"{token} ({code}): {hint}")
        self.code = code
        self.token = token
        self.details = dict(details)
        self.hint = hint
        self.recorded = recorded


@dataclass(frozen=True)
class Caller:
    """Who calls: a database role and, where a person or a player acts, their `sub`."""

    role: str
    sub: UUID | None = None
    claims: Mapping[str, Any] = field(default_factory=dict)

    def all_claims(self) -> dict[str, Any]:
        """Return what the JWT of this caller would say besides its role."""
        return {**self.claims, **({"sub": str(self.sub)} if self.sub else {})}


def player(user_id: UUID) -> Caller:
    """Return a signed-in player."""
    claims = {"aud": "authenticated", "is_anonymous": False}
    return Caller("authenticated", user_id, claims)


ANON = Caller("anon")


def database_url(given: str | None = None) -> str:
    """Return the database a command talks to: `given`, else PYPOT_DB_URL, else the checkout's own.

    Raises PypotError when none of them is there, UnreadableInputError for one that is no URL.
    """
    if given:
        return config.readable_database_url(given, "--db")
    return config.external_database_url() or db.url(config.DEFAULT_DATA_DIR)


def database_url_to_read(given: str | None = None) -> str:
    """Return what `database_url` does, for a command whose exit code 1 is what it found.

    Raises UnreadableInputError (exit code 2) also where there is no database to look at.
    """
    try:
        return database_url(given)
    except PypotError as error:
        raise UnreadableInputError(str(error)) from None


def login_url(url: str) -> str:
    """Return `url` for the role that API calls log in as.

    That is the authenticator where `url` is of role postgres, as `pypot db url` prints it; a URL
    of any other role, such as a login of one service alone, is used as it is.
    """
    return db.with_role(url, "authenticator") if urlsplit(url).username == "postgres" else url


class StandbyError(PypotError):
    """Whoever calls here decides or writes, and a standby shows what was true some time ago."""

    def __init__(self) -> None:
        super().__init__("this database is a standby, which is behind: give the primary's URL")


class UnavailableError(PypotError):
    """The API cannot be reached, or cannot reach its database: the same call may succeed soon."""


class Calls(ABC):
    """Calls of the public functions by one of the ways to them. For one thread."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Drop the connection; the next call makes another."""

    @abstractmethod
    def call(self, caller: Caller, function: str, /, **arguments: Any) -> Any:
        """Return the one value that `public.<function>` answers with, None for SQL NULL.

        Raises RpcError for a documented error.
        """

    @abstractmethod
    def rows(self, caller: Caller, function: str, /, **arguments: Any) -> list[Any]:
        """Return every row that a function of a set answers with, as JSON. Raises as `call`."""

    def pages(
        self,
        caller: Caller,
        function: str,
        /,
        *,
        after: tuple[str, str],
        page_size: int = _LONGEST_PAGE,
        **arguments: Any,
    ) -> Iterator[Any]:
        """Yield the rows of every page of a keyset-paged function.

        `after` names the argument that takes the last row's key, and the field that holds it.
        """
        argument, key = after
        last: Any = None
        while True:
            page = self.rows(caller, function, **arguments, **{argument: last}, page_size=page_size)
            yield from page
            if len(page) < page_size:
                return
            last = page[-1][key]


class Api(Calls):
    """Calls over one connection, which is made when first needed and made again when it was lost.

    For one thread. Raises StandbyError for a server in recovery, at every connection, so that a
    primary that became one is noticed; psycopg.OperationalError when the database cannot be
    reached: the call may have taken effect or not, and may be made again (a writer returns its
    first result).
    """

    def __init__(self, url: str) -> None:
        """`url` is of a login that may become the callers' roles, see `login_url`."""
        self._url = url
        self._conn: psycopg.Connection[Any] | None = None

    def close(self) -> None:
        """Drop the connection; the next call makes another."""
        if self._conn is not None:
            self._conn.close()
            self._conn = None

    def headers(self) -> dict[str, str]:
        """Return the headers of a request made now."""
        return correlation.headers()

    def call(self, caller: Caller, function: str, /, **arguments: Any) -> Any:
        """As Calls.call; raises psycopg.Error for an undocumented error, without its values."""
        (answer,) = self.rows(caller, function, **arguments)
        return answer

    def rows(self, caller: Caller, function: str, /, **arguments: Any) -> list[Any]:
        """Return every row that a function of a set answers with, as JSON. Raises as `call`."""
        statement = sql.SQL(query("rpc_call").decode()).format(
            function=sql.Identifier(function),
            arguments=sql.SQL(", ").join(
                sql.SQL("{} => {}").format(sql.Identifier(name), sql.Placeholder())
                for name in arguments
            ),
        )
        values = [_bound(value) for value in arguments.values()]
        conn = self._connection()
        try:
            with api_request(
                conn,
                caller.role,
                caller.all_claims(),
                path=f"/rpc/{function}",
                headers=self.headers(),
            ) as request:
                answers = [row[0] for row in request.execute(statement, values)]
        except psycopg.Error as error:
            documented = raised(error)
            if documented is None:
                raise
            raise documented from None
        if len(answers) == 1 and (refused := returned(answers[0])):
            raise refused
        return answers

    def _connection(self) -> psycopg.Connection[Any]:
        if self._conn is None or self._conn.closed:
            conn = psycopg.connect(
                self._url,
                autocommit=True,
                connect_timeout=10,
                application_name="pypot",
                prepare_threshold=PREPARE_NOTHING,
            )
            row = conn.execute(query("db_is_standby")).fetchone()
            if row is not None and row[0]:
                conn.close()
                raise StandbyError
            self._conn = conn
        return self._conn


def is_transient(error: BaseException) -> bool:
    """Say whether the same call may succeed in a moment: the database is busy, or was lost."""
    if isinstance(error, RpcError):
        return error.token == BUSY
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | UnavailableError)


def describe(error: BaseException) -> str:
    """Return an error as one line that quotes no value and no password."""
    if isinstance(error, psycopg.Error):
        state = error.sqlstate or "no SQLSTATE"
        # libpq's own messages name hosts and roles; the server's may quote what it was given.
        if error.sqlstate is None:
            lines = str(error).strip().splitlines()
            return f"database: {lines[0] if lines else type(error).__name__}"
        return f"database: {type(error).__name__} ({state})"
    return str(error)


def _bound(value: Any) -> Any:
    """Return a JSON value as the text PostgREST would cast, or jsonb for lists and objects."""
    if isinstance(value, dict | list):
        return Jsonb(value)
    if isinstance(value, bool | JsonString):
        return json.dumps(value)
    return None if value is None else str(value)


def raised(error: psycopg.Error) -> RpcError | None:
    """Return the documented refusal that the database raised, None for any other error."""
    code = error.sqlstate or ""
    if not code.startswith("PT"):
        return None
    diagnosis = error.diag
    return RpcError(
        code,
        diagnosis.message_primary or "",
        read_details(diagnosis.message_detail),
        diagnosis.message_hint or "",
        recorded=False,
    )


def returned(answer: Any) -> RpcError | None:
    """Return the recorded refusal that a call answered with, None for any other answer."""
    if not isinstance(answer, dict) or answer.keys() != _REFUSAL:
        return None
    code, message, hint = (answer[name] for name in ("code", "message", "hint"))
    return RpcError(code, message, read_details(answer["details"]), hint, recorded=True)


def read_details(text: str | None) -> dict[str, Any]:
    """Return the JSON object of a documented error's DETAIL, empty where there is none."""
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
