"""What the exposed schema holds: functions, tables, views, keys, and the settings of roles.

Read from the catalogue and kept. `Cache.get` reads it anew after `notify pgrst` (as PostgREST) and
when asked to, which is what a name that is not found does.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psycopg

from pypot_cli.api.database import Connection, Database, query
from pypot_cli.api.rest import hints
from pypot_cli.api.rest.errors import NotInCacheError, RestError
from pypot_cli.api.settings import Settings
from pypot_cli.db.connection import is_pooled

_POOLED_SECONDS = 30.0
_RECONNECT_SECONDS = 1.0
_TABLE_LIKENESS = _FUNCTION_LIKENESS = 0.75
_PARAMETERS_LIKENESS = 0.33

# Which unnamed parameter takes a whole body, by the body's Content-Type.
_BODY_TYPES = {
    "application/json": ("json", "jsonb"),
    "text/plain": ("text",),
    "text/xml": ("xml",),
    "application/octet-stream": ("bytea",),
}


@dataclass(frozen=True)
class Parameter:
    """An input of a function. `type` is what error messages call it, `reads_as` what reads JSON."""

    name: str
    type: str
    reads_as: str
    required: bool
    variadic: bool


@dataclass(frozen=True)
class Routine:
    """A function and what it returns: a scalar, a composite, nothing, or a set of either."""

    schema: str
    name: str
    parameters: tuple[Parameter, ...]
    volatility: str
    returns_set: bool
    returns_rows: bool
    returns_void: bool
    returns_relation: str | None
    settings: Mapping[str, str]

    @property
    def reads_only(self) -> bool:
        """Whether it promises to write nothing."""
        return self.volatility != "v"

    @property
    def takes_a_body(self) -> bool:
        """Whether its only parameter has no name."""
        return len(self.parameters) == 1 and not self.parameters[0].name

    def accepts(self, names: frozenset[str], body_type: str | None) -> bool:
        """Whether these argument names fit. `body_type` is that of a POST, None for a GET."""
        if not self.parameters:
            is_json = body_type in (None, "application/json", "application/x-www-form-urlencoded")
            return not names and is_json
        required = {each.name for each in self.parameters if each.required}
        return required <= names <= {each.name for each in self.parameters}

    def accepts_body(self, body_type: str | None) -> bool:
        """Whether a body of this type goes to its unnamed parameter."""
        return (
            body_type is not None
            and self.takes_a_body
            and self.parameters[0].type in _BODY_TYPES.get(body_type, ())
        )


@dataclass(frozen=True)
class Column:
    """A column of a table or view; `default` is its expression."""

    name: str
    type: str
    default: str | None


@dataclass(frozen=True)
class Relation:
    """A table or a view."""

    schema: str
    name: str
    columns: Mapping[str, Column]
    primary_key: tuple[str, ...]
    inserts: bool
    updates: bool
    deletes: bool


@dataclass(frozen=True)
class ForeignKey:
    """`source`'s columns point at `target`'s."""

    name: str
    source: str
    target: str
    source_columns: tuple[str, ...]
    target_columns: tuple[str, ...]
    is_one_to_one: bool


@dataclass(frozen=True)
class Schema:
    """One reading of the catalogue."""

    name: str
    routines: Mapping[str, Sequence[Routine]]
    relations: Mapping[str, Relation]
    foreign_keys: Sequence[ForeignKey]
    roles: Mapping[str, Mapping[str, str]]

    def routine(self, name: str, arguments: Sequence[str], body_type: str | None) -> Routine:
        """The function that these arguments mean; raises PGRST202 (none) or PGRST203 (several)."""
        named = self.routines.get(name, ())
        names = frozenset(arguments)
        fitting = [each for each in named if each.accepts(names, body_type)]
        if not fitting:
            fitting = [each for each in named if each.accepts_body(body_type)]
        if len(fitting) > 1:
            raise _ambiguous(fitting)
        if not fitting:
            raise self._no_routine(name, sorted(names), body_type)
        return fitting[0]

    def relation(self, name: str) -> Relation:
        """The table or view of this name; raises PGRST205."""
        relation = self.relations.get(name)
        if relation is None:
            like = hints.nearest(name, self.relations, _TABLE_LIKENESS)
            raise NotInCacheError(
                404,
                "PGRST205",
                f"Could not find the table '{self.name}.{name}' in the schema cache",
                hint=f"Perhaps you meant the table '{self.name}.{like}'" if like else None,
            )
        return relation

    def column(self, relation: Relation, name: str) -> Column:
        """A column to write; raises PGRST204."""
        if name not in relation.columns:
            raise NotInCacheError(
                400,
                "PGRST204",
                f"Could not find the '{name}' column of '{relation.name}' in the schema cache",
            )
        return relation.columns[name]

    def _no_routine(self, name: str, names: Sequence[str], body_type: str | None) -> RestError:
        function = f"{self.name}.{name}"
        listed = ", ".join(names)
        plural = "parameters" if len(names) > 1 else "parameter"
        searched = f" with {plural} {listed}" if names else " without parameters"
        called = f"({listed})" if names else " without parameters"
        if body_type in ("text/plain", "text/xml", "application/octet-stream"):
            called = ""
            searched = f" with a single unnamed {_BODY_TYPES[body_type][0]} parameter"
        elif body_type == "application/json":
            searched += " or with a single unnamed json/jsonb parameter"
        return NotInCacheError(
            404,
            "PGRST202",
            f"Could not find the function {function}{called} in the schema cache",
            f"Searched for the function {function}{searched}, but no matches were found in the "
            "schema cache.",
            self._routine_hint(name, listed) if called else None,
        )

    def _routine_hint(self, name: str, arguments: str) -> str | None:
        overloads = self.routines.get(name)
        if overloads:
            signatures = [
                f"({', '.join(sorted(p.name for p in each.parameters))})" for each in overloads
            ]
            found = hints.nearest(f"({arguments})", signatures, _PARAMETERS_LIKENESS)
            like = name + found if found else None
        else:
            like = hints.nearest(name, self.routines, _FUNCTION_LIKENESS)
        return f"Perhaps you meant to call the function {self.name}.{like}" if like else None


def _ambiguous(routines: Sequence[Routine]) -> RestError:
    listed = ", ".join(
        f"{each.schema}.{each.name}("
        + ", ".join(f"{p.name} => {p.type}" for p in each.parameters)
        + ")"
        for each in routines
    )
    return RestError(
        300,
        "PGRST203",
        f"Could not choose the best candidate function between: {listed}",
        hint="Try renaming the parameters or the function itself in the database so function "
        "overloading can be resolved",
    )


class Cache:
    """The current `Schema`, read when needed; whoever asks while it is read waits for the same."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._schema: Schema | None = None
        self._readings = 0
        self._changes = 0
        self._lock = asyncio.Lock()
        self._listener: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Listens for `notify pgrst`."""
        self._listener = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """Listens no more."""
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener

    async def get(self) -> Schema:
        """The schema as it was last read."""
        return self._schema or await self.read_anew()

    async def read_anew(self) -> Schema:
        """The schema as it is now. Raises psycopg.Error when the database cannot be asked."""
        begun_before = self._readings
        async with self._lock:
            # Somebody else's reading that began after this call is as new as its own would be.
            if self._schema is not None and self._readings > begun_before:
                return self._schema
            self._readings += 1
            changes = self._changes
            async with self._database.requests.connection() as conn:
                schema = await _read(conn, self._settings.schema)
            # A change that was announced meanwhile may not be in it.
            self._schema = schema if changes == self._changes else None
            return schema

    def _forget(self) -> None:
        self._changes += 1
        self._schema = None

    async def _listen(self) -> None:
        while True:
            try:
                conn = await psycopg.AsyncConnection.connect(
                    self._database.login_url, autocommit=True, connect_timeout=10
                )
                async with conn:
                    row = await (await conn.execute(query("db_server_pid"))).fetchone()
                    if row is not None and is_pooled(conn, row[0]):
                        # Nobody is told there: what changes is seen a little later.
                        await asyncio.sleep(_POOLED_SECONDS)
                        self._forget()
                        continue
                    await conn.execute("listen pgrst")
                    # What was said while nobody listened is lost.
                    self._forget()
                    async for _ in conn.notifies():
                        self._forget()
            except psycopg.Error:
                await asyncio.sleep(_RECONNECT_SECONDS)


async def _read(conn: Connection, schema: str) -> Schema:
    async with conn.transaction():
        # An empty path makes the catalogue print every type with its schema.
        await conn.execute("set local search_path = ''")
        await conn.execute("set transaction isolation level repeatable read")
        arguments = {"schema": _quoted(schema)}
        routines = await (await conn.execute(query("api_routines"), arguments)).fetchall()
        relations = await (await conn.execute(query("api_relations"), arguments)).fetchall()
        keys = await (await conn.execute(query("api_foreign_keys"), arguments)).fetchall()
        settings = await (await conn.execute(query("api_role_settings"))).fetchall()
    by_name: dict[str, list[Routine]] = {}
    for name, volatility, is_set, has_rows, is_void, relation, parameters, own in routines:
        routine = Routine(
            schema,
            name,
            tuple(Parameter(**each) for each in parameters),
            volatility,
            is_set,
            has_rows,
            is_void,
            relation,
            own,
        )
        by_name.setdefault(name, []).append(routine)
    roles: dict[str, dict[str, str]] = {}
    for role, setting, value in settings:
        roles.setdefault(role, {})[setting] = value
    return Schema(
        schema,
        by_name,
        {
            name: Relation(
                schema,
                name,
                {each["name"]: Column(**each) for each in columns or ()},
                tuple(primary_key),
                *writes,
            )
            for name, columns, primary_key, *writes in relations
        },
        [
            ForeignKey(name, source, target, tuple(columns), tuple(targets), is_one)
            for name, source, target, columns, targets, is_one in keys
        ],
        roles,
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
