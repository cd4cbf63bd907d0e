"""What a request comes down to: one statement in one transaction, and the answer to its result."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg import sql

from pypot_cli.api.rest import ranges
from pypot_cli.api.rest.errors import (
    RestError,
    is_header,
    not_one_row,
    unsatisfiable_range,
)
from pypot_cli.api.rest.render import Parameters
from pypot_cli.api.rest.request import RestRequest


@dataclass(frozen=True)
class Result:
    """The one row that `render.answer` selects."""

    total: int | None
    rows: int
    body: str
    headers: str | None
    status: str | None


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""


@dataclass(frozen=True)
class Statement:
    """A statement with its values. `count` is a query that EXPLAIN estimates the total of."""

    text: sql.Composed
    parameters: Parameters
    count: sql.Composed | None = None


@dataclass(frozen=True)
class Work:
    """`render` makes the statement, given what each cast is called; `answer` reads its result."""

    request: RestRequest
    read_only: bool
    render: Callable[[Mapping[str, str]], Statement]
    answer: Callable[[Result], Answer]
    settings: Mapping[str, str] = field(default_factory=dict)
    checks_affected: bool = False

    def check(self, result: Result) -> None:
        """Raises what undoes the transaction: not one row, or too many."""
        wants_object = self.request.format.kind == "object"
        if wants_object and result.rows != 1:
            raise not_one_row(result.rows)
        most = self.request.preferences.max_affected
        strict = self.request.preferences.is_strict and self.checks_affected
        if strict and most is not None and result.rows > most:
            raise RestError(
                400,
                "PGRST124",
                "Query result exceeds max-affected preference constraint",
                f"The query affects {result.rows} rows",
            )


def page(request: RestRequest, result: Result) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, Content-Range and body of rows that were read."""
    first = request.rows.first
    status = ranges.status(first, result.rows, result.total)
    headers = [("Content-Range", ranges.content_range(first, result.rows, result.total))]
    if status == 416:
        error = unsatisfiable_range(
            f"An offset of {first} was requested, but there are only {result.total} rows."
        )
        return status, headers, error.body()
    body = b"" if request.method == "HEAD" else result.body.encode()
    return status, headers, body


def content_type(request: RestRequest, schema: str) -> list[tuple[str, str]]:
    """Content-Type, and Content-Profile when the client named one."""
    headers = [("Content-Type", request.format.content_type)]
    return [*headers, ("Content-Profile", schema)] if request.profile else headers


def overridden(result: Result, answer: Answer) -> Answer:
    """The answer with the status and the headers that a function set."""
    status = answer.status if result.status is None else _status(result.status)
    own = _headers(result.headers)
    names = {name.lower() for name, _ in own}
    kept = [(name, value) for name, value in answer.headers if name.lower() not in names]
    return Answer(status, kept + own, answer.body)


def _status(text: str) -> int:
    found = re.match(r"[0-9]{3}(?![0-9])", text)
    if found is None or not 200 <= int(found[0]) <= 599:
        raise RestError(500, "PGRST112", "response.status guc must be a valid status code")
    return int(found[0])


def _headers(text: str | None) -> list[tuple[str, str]]:
    if text is None:
        return []
    try:
        listed: Any = json.loads(text)
    except (ValueError, RecursionError):
        listed = None
    if not isinstance(listed, list) or not all(_is_one_header(each) for each in listed):
        raise RestError(
            500,
            "PGRST111",
            "response.headers guc must be a JSON array composed of objects with a single key and "
            "a string value",
        )
    return [pair for each in listed for pair in each.items()]


def _is_one_header(value: Any) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((name, text),) = value.items()
    return is_header(name, text)
