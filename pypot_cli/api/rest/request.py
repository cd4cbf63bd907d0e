"""A request on /rest/v1 as it came, and its body as PostgREST reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from pypot_cli.api.rest import media
from pypot_cli.api.rest.errors import RestError, unreadable_body
from pypot_cli.api.rest.preferences import Preferences
from pypot_cli.api.rest.query_string import Query, parse
from pypot_cli.api.rest.ranges import RowRange, requested
from pypot_cli.api.tokens import Identity


@dataclass(frozen=True)
class RestRequest:
    """`path` and `query_string` raw, without /rest/v1; header names in lower case."""

    identity: Identity
    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    preferences: Preferences
    body: bytes

    @cached_property
    def query(self) -> Query:
        """What the query string says; raises PGRST100."""
        is_call = self.path.startswith("/rpc/") and self.method in ("GET", "HEAD")
        return parse(self.query_string, takes_arguments=is_call)

    @cached_property
    def rows(self) -> RowRange:
        """The rows wanted of the main relation; raises PGRST103."""
        header = self.headers.get("range") if self.method == "GET" else None
        return requested(self.query.main.limit, self.query.main.offset, header)

    @property
    def format(self) -> media.Format:
        """How the answer is to be written; raises PGRST107."""
        return media.accepted(self.headers.get("accept"))

    @property
    def body_type(self) -> str:
        """The media type of the body."""
        return media.body_type(self.headers.get("content-type"))

    @property
    def profile(self) -> str | None:
        """The schema that the request names."""
        reads = self.method in ("GET", "HEAD", "OPTIONS")
        return self.headers.get("accept-profile" if reads else "content-profile")

    def check_profile(self, schema: str) -> None:
        """Raises PGRST106 when another schema is named than the one that is exposed."""
        if self.profile not in (None, schema):
            raise RestError(
                406,
                "PGRST106",
                f"Invalid schema: {self.profile}",
                hint=f"Only the following schemas are exposed: {schema}",
            )


@dataclass(frozen=True)
class Payload:
    """A body: its text, the keys of its objects, and whether it is one object or an array."""

    text: str
    keys: frozenset[str]
    is_object: bool
    is_empty_list: bool = False


def json_payload(request: RestRequest, *, empty_is_object: bool) -> Payload:
    """Reads a JSON body, whose objects all have the same keys; raises PGRST102.

    With `columns` in the query string those are the keys, and the database reads the rest.
    """
    text = _text(request.body)
    if empty_is_object and not request.body:
        text = "{}"
    columns = request.query.columns
    if columns is not None:
        return Payload(text, columns, text.lstrip(" \t\r\n").startswith("{"))
    value = _parsed(text)
    if isinstance(value, dict):
        return Payload(text, frozenset(value), is_object=True)
    if not isinstance(value, list) or not value:
        return Payload("[]", frozenset(), is_object=False, is_empty_list=True)
    if not isinstance(value[0], dict):
        raise unreadable_body("All object keys must match")
    keys = frozenset(value[0])
    if any(not isinstance(each, dict) or frozenset(each) != keys for each in value):
        raise unreadable_body("All object keys must match")
    return Payload(text, keys, is_object=False)


def form_arguments(request: RestRequest) -> Sequence[tuple[str, str]]:
    """The pairs of an application/x-www-form-urlencoded body."""
    return parse_qsl(_text(request.body), keep_blank_values=True)


def text_of(request: RestRequest) -> str:
    """A body that is text; raises PGRST102 when it is not UTF-8."""
    return _text(request.body)


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise unreadable_body("Empty or invalid json") from None


def _parsed(text: str) -> Any:
    try:
        # Only the keys matter here: a number of a million digits is the database's to refuse.
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise unreadable_body("Empty or invalid json") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
