"""/rest/v1/<table or view>: reads, and the plain writes that privileges may allow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from psycopg import sql

from pypot_cli.api.rest import media, ranges, render
from pypot_cli.api.rest.errors import RestError
from pypot_cli.api.rest.render import SOURCE, Parameters, Reader
from pypot_cli.api.rest.request import Payload, RestRequest, form_arguments, json_payload
from pypot_cli.api.rest.schema_cache import Relation, Schema
from pypot_cli.api.rest.work import Answer, Result, Statement, Work, content_type, page

_NO_LIMIT = 2**62
_WRITES = ("POST", "PATCH", "DELETE")


def check_method(method: str) -> None:
    """Raises PGRST117 for what no table answers."""
    if method == "PUT":
        raise RestError(
            400, "PGRST127", "Feature not implemented", "A single upsert by PUT is not served here"
        )
    if method not in ("GET", "HEAD", "OPTIONS", *_WRITES):
        raise RestError(405, "PGRST117", f"Unsupported HTTP method: {method}")


def allowed_methods(schema: Schema, name: str) -> str:
    """What OPTIONS answers in `Allow`."""
    relation = schema.relation(name)
    methods = ["OPTIONS", "GET", "HEAD"]
    methods += ["POST"] if relation.inserts else []
    methods += ["PUT"] if relation.inserts and relation.updates and relation.primary_key else []
    methods += ["PATCH"] if relation.updates else []
    methods += ["DELETE"] if relation.deletes else []
    return ",".join(methods)


def plan(schema: Schema, request: RestRequest, name: str, max_rows: int) -> Work:
    """Says how to read the relation, or how to write it."""
    relation = schema.relation(name)
    request.preferences.check()
    if request.method in _WRITES:
        return _Write(schema, request, relation).work()
    return _read(schema, request, relation, max_rows)


# ------------------------------------------------------------------ reading


def _read(schema: Schema, request: RestRequest, relation: Relation, max_rows: int) -> Work:
    format_, rows = request.format, request.rows
    counting = request.preferences.count

    def statement(casts: Mapping[str, str]) -> Statement:
        parameters = Parameters()
        table = render.identifier(relation.schema, relation.name)
        reader = Reader(schema, request.query, parameters, table, relation.name, casts, max_rows)
        count = reader.count(table) if counting else None
        return Statement(
            render.answer(
                reader.rows(table, rows),
                sql.SQL("select * from {}").format(SOURCE),
                _rows_body(request, format_),
                count=count if counting in ("exact", "estimated") else None,
            ),
            parameters,
            count if counting in ("planned", "estimated") else None,
        )

    def answer(result: Result) -> Answer:
        status, headers, body = page(request, result)
        canonical = request.query.canonical
        location = f"/{quote(relation.name)}" + (f"?{canonical}" if canonical else "")
        headers += [
            ("Content-Location", location),
            *request.preferences.applied().items(),
            *content_type(request, schema.name),
        ]
        return Answer(status, headers, body)

    return Work(request, True, statement, answer)


def _rows_body(request: RestRequest, format_: media.Format) -> sql.Composable:
    if request.method == "HEAD":
        return render.NOTHING
    if format_.kind == "csv":
        return render.csv_body()
    if format_.kind == "object":
        return render.object_body(format_.strips_nulls)
    return render.array_body(format_.strips_nulls)


# ------------------------------------------------------------------ writing


class _Write:
    """One insert, update or delete, of what the caller's role and its policies allow."""

    def __init__(self, schema: Schema, request: RestRequest, relation: Relation) -> None:
        self.schema = schema
        self.request = request
        self.relation = relation
        self.table = render.identifier(relation.schema, relation.name)
        self.shows_rows = request.preferences.returns == "representation"
        self.payload = None if request.method == "DELETE" else self._payload()
        for key in self.payload.keys if self.payload else ():
            schema.column(relation, key)
        if request.method != "POST" and not request.query.main.conditions:
            # The extension safeupdate, which Supabase loads for its API.
            verb = {"PATCH": "UPDATE", "DELETE": "DELETE"}[request.method]
            raise RestError(400, "21000", f"{verb} requires a WHERE clause")

    def work(self) -> Work:
        # What cannot be made is refused before anything is written.
        _ = self.request.format
        return Work(
            self.request,
            False,
            self.statement,
            self.answer,
            checks_affected=self.request.method != "POST",
        )

    def statement(self, casts: Mapping[str, str]) -> Statement:
        parameters = Parameters()
        writer = self._reader(parameters, self.table, casts)
        reader = self._reader(parameters, SOURCE, casts)
        format_ = self.request.format
        rows: sql.Composable = sql.SQL("select * from {}").format(SOURCE)
        body: sql.Composable = render.NOTHING
        if self.shows_rows:
            rows = reader.rows(SOURCE, ranges.ALL, filtered=False)
            body = _rows_body(self.request, format_)
        elif self._locates:
            body = render.array_body(False)
        return Statement(render.answer(self._source(parameters, writer), rows, body), parameters)

    def answer(self, result: Result) -> Answer:
        preferences = self.request.preferences
        counted = result.rows if preferences.count == "exact" else None
        status, kinds = 204, ["return", "missing", "max-affected"]
        headers: list[tuple[str, str]] = []
        if self.request.method == "PATCH":
            headers.append(("Content-Range", ranges.content_range(0, result.rows, counted)))
        else:
            headers.append(("Content-Range", f"*/{'*' if counted is None else counted}"))
        if self.request.method == "POST":
            status = 201
            kinds.append("resolution")
            if self._locates and (place := self._location(result.body)):
                headers.append(("Location", place))
        elif self.shows_rows:
            status = 200
        headers += preferences.applied(*kinds).items()
        if not self.shows_rows:
            return Answer(status, headers)
        headers += content_type(self.request, self.schema.name)
        return Answer(status, headers, result.body.encode())

    # ------------------------------------------------------------------ the statement

    def _source(self, parameters: Parameters, writer: Reader) -> sql.Composed:
        returned = self._returning(writer)
        payload = self.payload
        if payload is None:
            return render.delete(self.relation, writer.where(), returned)
        columns = sorted(payload.keys)
        if payload.is_empty_list or (self.request.method == "PATCH" and not columns):
            return sql.SQL("select * from {} where false").format(self.table)
        feed = self._feed(parameters, payload, columns)
        if self.request.method == "PATCH":
            return render.update(self.relation, columns, feed, writer.where(), returned)
        return render.insert(self.relation, columns, feed, self._on_conflict(columns), returned)

    def _feed(self, parameters: Parameters, payload: Payload, columns: list[str]) -> sql.Composable:
        body: sql.Composable = sql.SQL("{}::jsonb").format(parameters.add(payload.text))
        known = [self.relation.columns[name] for name in columns]
        defaults = [column for column in known if column.default is not None]
        if self.request.preferences.missing == "default" and defaults:
            made = render.joined(
                sql.SQL("{}::text, {}").format(
                    parameters.add(column.name), render.from_catalogue(column.default or "")
                )
                for column in defaults
            )
            shape = (
                "(jsonb_build_object({}) || {})"
                if payload.is_object
                else "(select jsonb_agg(jsonb_build_object({}) || e) "
                "from jsonb_array_elements({}) as _ (e))"
            )
            body = sql.SQL(shape).format(made, body)
        else:
            body = parameters.add(payload.text)
        return render.records(
            body, payload.is_object, [(column.name, column.type) for column in known]
        )

    def _on_conflict(self, columns: list[str]) -> sql.Composable:
        resolution = self.request.preferences.resolution
        target = self.request.query.on_conflict or self.relation.primary_key
        if resolution is None or not target:
            return sql.SQL("")
        return render.on_conflict(target, columns if resolution == "merge-duplicates" else None)

    def _returning(self, writer: Reader) -> sql.Composed:
        if self.shows_rows:
            return render.returning(self.table, writer.needed_columns())
        if self._locates:
            return render.returning(self.table, self.relation.primary_key)
        return render.returning(self.table, ())

    # ------------------------------------------------------------------ details

    @property
    def _locates(self) -> bool:
        asked = self.request.preferences.returns == "headers-only"
        return asked and self.request.method == "POST" and bool(self.relation.primary_key)

    def _location(self, body: str) -> str | None:
        rows = json.loads(body)
        if len(rows) != 1:
            return None
        keys = {name: f"eq.{value}" for name, value in rows[0].items()}
        return f"/{quote(self.relation.name)}?{urlencode(keys)}"

    def _payload(self) -> Payload:
        if self.request.body_type == media.JSON:
            return json_payload(self.request, empty_is_object=False)
        if self.request.body_type == media.FORM:
            pairs = dict(form_arguments(self.request))
            return Payload(json.dumps(pairs), frozenset(pairs), is_object=True)
        raise media.refuse_body_type(self.request.headers.get("content-type"))

    def _reader(
        self, parameters: Parameters, source: sql.Composable, casts: Mapping[str, str]
    ) -> Reader:
        return Reader(
            self.schema,
            self.request.query,
            parameters,
            source,
            self.relation.name,
            casts,
            _NO_LIMIT,
        )
