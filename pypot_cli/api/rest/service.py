"""Answers requests on /rest/v1: reads one, runs its statement in one transaction, answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import psycopg
from psycopg import sql
from psycopg_pool import PoolTimeout, TooManyRequests
from starlette.requests import Request
from starlette.responses import Response

from pypot_cli.api.database import Connection, Database, query
from pypot_cli.api.http import identify, plain_headers, read_body, respond
from pypot_cli.api.rest import errors, rpc, tables
from pypot_cli.api.rest.errors import NotInCacheError, RestError, of_database
from pypot_cli.api.rest.preferences import Preferences
from pypot_cli.api.rest.render import casts_of
from pypot_cli.api.rest.request import RestRequest
from pypot_cli.api.rest.schema_cache import Cache, Schema
from pypot_cli.api.rest.work import Answer, Result, Statement, Work, overridden
from pypot_cli.api.settings import Settings
from pypot_cli.api.tokens import Authority, TokenError
from pypot_cli.api.transaction import Request as SqlRequest
from pypot_cli.api.transaction import request_transaction

PREFIX = "/rest/v1"

STALENESS_HEADER = "X-Read-Staleness"
"""On what a standby answered: it shows the database as it was so many seconds ago, or later."""


class RestService:
    """The endpoint of everything below /rest/v1."""

    def __init__(
        self, settings: Settings, database: Database, authority: Authority, cache: Cache
    ) -> None:
        self._settings = settings
        self._database = database
        self._authority = authority
        self._cache = cache
        self._time_zones: frozenset[str] = frozenset()

    async def endpoint(self, request: Request) -> Response:
        """One HTTP request."""
        try:
            answer = await self._answer(request)
        except RestError as error:
            headers = [("Content-Type", "application/json; charset=utf-8")]
            answer = Answer(error.status, headers + list(error.headers.items()), error.body())
        return respond(answer.status, answer.headers, answer.body)

    async def _answer(self, http: Request) -> Answer:
        try:
            identity = identify(self._authority, http)
        except TokenError as error:
            raise errors.of_token(error) from None
        path = http.scope["raw_path"].decode("latin-1").removeprefix(PREFIX)
        request = RestRequest(
            identity=identity,
            method=http.method,
            path=path,
            query_string=http.scope["query_string"].decode("latin-1"),
            headers=plain_headers(http),
            cookies=http.cookies,
            preferences=Preferences.parse(http.headers.getlist("prefer")),
            body=await read_body(http),
        )
        try:
            return await self._run(request, http.url.path.removeprefix(PREFIX).strip("/"))
        except (psycopg.Error, PoolTimeout, TooManyRequests) as error:
            is_anonymous = identity.role == self._settings.anon_role
            raise of_database(error, is_anonymous=is_anonymous) from None

    async def _run(self, request: RestRequest, path: str) -> Answer:
        is_call, name = _resource(path)
        request.check_profile(self._settings.schema)
        (rpc if is_call else tables).check_method(request.method)
        request = await self._with_time_zone(request)
        try:
            return await self._run_over(await self._cache.get(), request, is_call, name)
        except NotInCacheError:
            # It may have been created since: PostgREST would wait to be told.
            return await self._run_over(await self._cache.read_anew(), request, is_call, name)

    async def _run_over(
        self, schema: Schema, request: RestRequest, is_call: bool, name: str
    ) -> Answer:
        module = rpc if is_call else tables
        if request.method == "OPTIONS":
            allowed = module.allowed_methods(schema, name)
            return Answer(200, [("Allow", allowed), ("Access-Control-Allow-Origin", "*")])
        work = module.plan(schema, request, name, self._settings.max_rows)
        result, staleness = await self._result(schema, work)
        answer = overridden(result, work.answer(result))
        if staleness is not None:
            answer.headers.append((STALENESS_HEADER, f"{staleness:.3f}"))
        return answer

    async def _result(self, schema: Schema, work: Work) -> tuple[Result, float | None]:
        """The result, and how old in seconds it may be when a standby gave it."""
        request = work.request
        # Players see what they just did, and services decide: only what anybody may read, and
        # nobody in particular asks for, is read from a standby.
        may_be_stale = work.read_only and request.identity.role == self._settings.anon_role
        shown = SqlRequest(
            request.identity, request.method, request.path, request.headers, request.cookies
        )
        settings = dict(work.settings)
        if request.preferences.timezone is not None:
            settings["timezone"] = request.preferences.timezone
        async with (
            self._database.request(may_be_stale=may_be_stale) as (conn, staleness),
            request_transaction(
                conn,
                shown,
                schema.roles,
                search_path=(self._settings.schema, *self._settings.extra_search_path),
                read_only=work.read_only,
                settings=settings,
            ),
        ):
            statement = work.render(await _casts(conn, request))
            cursor = await conn.execute(statement.text, statement.parameters.values)
            row = await cursor.fetchone()
            result = Result(*row) if row else Result(0, 0, "", None, None)
            work.check(result)
            return await self._estimated(conn, request, statement, result), staleness

    async def _estimated(
        self, conn: Connection, request: RestRequest, statement: Statement, result: Result
    ) -> Result:
        """The result with the planner's total, where that was asked for or counting took long."""
        if statement.count is None:
            return result
        counted = result.total
        if counted is not None and counted <= self._settings.max_rows:
            return result
        cursor = await conn.execute(
            sql.SQL("explain (format json) {}").format(statement.count),
            statement.parameters.values,
        )
        row = await cursor.fetchone()
        planned: int = row[0][0]["Plan"]["Plan Rows"] if row else 0
        total = planned if counted is None else max(planned, counted)
        return dataclasses.replace(result, total=total)

    async def _with_time_zone(self, request: RestRequest) -> RestRequest:
        """The request without a time zone that does not exist."""
        preferences = request.preferences
        if preferences.timezone is None:
            return request
        if not self._time_zones:
            async with self._database.requests.connection() as conn:
                rows = await (await conn.execute(query("api_time_zones"))).fetchall()
            self._time_zones = frozenset(name for (name,) in rows)
        if preferences.timezone in self._time_zones:
            return request
        unknown = (*preferences.unknown, f"timezone={preferences.timezone}")
        preferences = dataclasses.replace(preferences, timezone=None, unknown=unknown)
        return dataclasses.replace(request, preferences=preferences)


def _resource(path: str) -> tuple[bool, str]:
    """Whether it is a function, and the name; raises for what is neither function nor table."""
    parts = path.split("/")
    if path == "":
        raise RestError(404, "PGRST126", "Root endpoint metadata is disabled")
    if len(parts) == 1:
        return False, parts[0]
    if len(parts) == 2 and parts[0] == "rpc":
        return True, parts[1]
    raise RestError(404, "PGRST125", "Invalid path specified in request URL")


async def _casts(conn: Connection, request: RestRequest) -> Mapping[str, str]:
    wanted = sorted(casts_of(request.query.items))
    if not wanted:
        return {}
    rows = await (await conn.execute(query("api_casts"), {"names": wanted})).fetchall()
    for name, found in rows:
        if found is None:
            raise RestError(400, "42704", f'type "{name}" does not exist')
    return dict(rows)
