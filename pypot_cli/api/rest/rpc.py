"""/rest/v1/rpc/<function>: one call of one function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from psycopg import sql

from pypot_cli.api.rest import media, render
from pypot_cli.api.rest.errors import RestError
from pypot_cli.api.rest.render import SOURCE, Parameters, Reader
from pypot_cli.api.rest.request import (
    Payload,
    RestRequest,
    form_arguments,
    json_payload,
    text_of,
)
from pypot_cli.api.rest.schema_cache import Parameter, Routine, Schema
from pypot_cli.api.rest.work import Answer, Result, Statement, Work, content_type, page

_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_RAW = ("text/plain", "text/xml", "application/octet-stream")

# Arguments as SQL, and the FROM item whose rows they read, if any.
_Arguments = tuple[sql.Composable, sql.Composable | None]


def check_method(method: str) -> None:
    """Raises PGRST101 for what no function answers."""
    if method not in _METHODS:
        raise RestError(405, "PGRST101", f"Cannot use the {method} method on RPC")


def allowed_methods(schema: Schema, name: str) -> str:
    """What OPTIONS answers in `Allow`, of the function that takes no arguments."""
    routine = schema.routine(name, (), None)
    return "OPTIONS,GET,HEAD,POST" if routine.reads_only else "OPTIONS,POST"


def plan(schema: Schema, request: RestRequest, name: str, max_rows: int) -> Work:
    """Finds the function that the arguments mean, and says how to call it."""
    is_post = request.method == "POST"
    payload, pairs = _inputs(request) if is_post else (None, request.query.arguments)
    names = payload.keys if payload else frozenset(key for key, _ in pairs)
    routine = schema.routine(name, sorted(names), request.body_type if is_post else None)
    format_ = request.format
    request.preferences.check()
    _check_max_affected(request, routine)
    # Read before anything runs, so that what is wrong with it costs nothing.
    rows = request.rows

    def statement(casts: Mapping[str, str]) -> Statement:
        parameters = Parameters()
        relation = routine.returns_relation
        reader = Reader(schema, request.query, parameters, SOURCE, relation, casts, max_rows)
        arguments, feed = _arguments(request, routine, payload, pairs, parameters)
        counts = request.preferences.count in ("exact", "estimated")
        return Statement(
            render.answer(
                render.call(routine, arguments, reader.needed_columns(), feed),
                reader.rows(SOURCE, rows),
                _body(request, routine, format_),
                count=reader.count(SOURCE) if counts else None,
                is_single=not routine.returns_set,
            ),
            parameters,
        )

    def answer(result: Result) -> Answer:
        status, headers, body = page(request, result)
        headers += request.preferences.applied("max-affected").items()
        if routine.returns_void:
            return Answer(204, headers)
        return Answer(status, headers + content_type(request, schema.name), body)

    return Work(
        request,
        not is_post or routine.reads_only,
        statement,
        answer,
        routine.settings,
        checks_affected=True,
    )


def _inputs(request: RestRequest) -> tuple[Payload | None, Sequence[tuple[str, str]]]:
    """The body of a POST: a JSON payload, or the pairs of a form, or neither when it is raw."""
    if request.body_type == media.JSON:
        return json_payload(request, empty_is_object=True), ()
    if request.body_type == media.FORM:
        return None, form_arguments(request)
    if request.body_type in _RAW:
        return None, ()
    raise media.refuse_body_type(request.headers.get("content-type"))


def _check_max_affected(request: RestRequest, routine: Routine) -> None:
    preferences = request.preferences
    if preferences.is_strict and preferences.max_affected is not None and not routine.returns_set:
        raise RestError(
            400,
            "PGRST128",
            "Function must return SETOF or TABLE when max-affected preference is used with "
            "handling=strict",
        )


def _body(request: RestRequest, routine: Routine, format_: media.Format) -> sql.Composable:
    if request.method == "HEAD":
        return render.NOTHING
    if format_.kind == "csv":
        return render.csv_body()
    if format_.kind == "object":
        return render.object_body(format_.strips_nulls, routine)
    return render.array_body(format_.strips_nulls, routine)


def _arguments(
    request: RestRequest,
    routine: Routine,
    payload: Payload | None,
    pairs: Sequence[tuple[str, str]],
    parameters: Parameters,
) -> _Arguments:
    if routine.takes_a_body:
        return _whole_body(request, routine.parameters[0], payload, parameters), None
    given = payload.keys if payload else {key for key, _ in pairs}
    wanted = [each for each in routine.parameters if each.name in given]
    if not wanted:
        return sql.SQL(""), None
    if payload is None:
        return render.joined(_direct(each, pairs, parameters) for each in wanted), None
    feed = render.records(
        parameters.add(payload.text),
        payload.is_object,
        [(each.name, each.reads_as) for each in wanted],
    )
    listed = (_named(each, render.identifier("pgrst_body", each.name)) for each in wanted)
    return render.joined(listed), feed


def _whole_body(
    request: RestRequest, parameter: Parameter, payload: Payload | None, parameters: Parameters
) -> sql.Composable:
    if parameter.type == "bytea":
        return parameters.add(request.body)
    text = payload.text if payload else text_of(request)
    return sql.SQL("{}::{}").format(parameters.add(text), render.from_catalogue(parameter.type))


def _direct(
    parameter: Parameter, pairs: Sequence[tuple[str, str]], parameters: Parameters
) -> sql.Composed:
    values = [value for key, value in pairs if key == parameter.name]
    # Only a variadic parameter may be repeated; of any other the last one counts.
    value = parameters.add(values if parameter.variadic else values[-1])
    through = sql.SQL("{}::text[]::{}" if parameter.variadic else "{}::{}")
    return _named(parameter, through.format(value, render.from_catalogue(parameter.reads_as)))


def _named(parameter: Parameter, value: sql.Composable) -> sql.Composed:
    form = sql.SQL("variadic {} := {}" if parameter.variadic else "{} := {}")
    return form.format(render.identifier(parameter.name), value)
