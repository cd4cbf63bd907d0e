"""PostgREST's errors: `{code, details, hint, message}`, and which HTTP status each one has."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import psycopg
from psycopg_pool import PoolTimeout, TooManyRequests

from pypot_cli.api.tokens import TokenError

_RAISED = "PGRST"
_BAD_REQUEST = 400

# The first entry that a SQLSTATE begins with decides; anything else is the client's fault.
_STATUSES = (
    ("08", 503),
    ("09", 500),
    ("0L", 403),
    ("0P", 403),
    ("23503", 409),
    ("23505", 409),
    ("25006", 405),
    ("25", 500),
    ("28", 403),
    ("2D", 500),
    ("38", 500),
    ("39", 500),
    ("3B", 500),
    ("40", 500),
    ("53400", 500),
    ("53", 503),
    ("54", 500),
    ("55", 500),
    ("57P01", 503),
    ("57", 500),
    ("58", 500),
    ("F0", 500),
    ("HV", 500),
    ("P0001", 400),
    ("P0", 500),
    ("XX", 500),
    ("42883", 404),
    ("42P01", 404),
    ("42P17", 500),
)


class RestError(Exception):
    """An answer that is an error. `headers` are sent beside Proxy-Status."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        details: Any = None,
        hint: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.hint = hint
        self.headers = {"Proxy-Status": f"PostgREST; error={code}", **(headers or {})}
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            self.headers.setdefault("Retry-After", "0")

    def body(self) -> bytes:
        """The JSON that PostgREST sends, keys in alphabetical order."""
        answer = {
            "code": self.code,
            "details": self.details,
            "hint": self.hint,
            "message": self.message,
        }
        # A lone surrogate, which a JSON escape can smuggle in, has no UTF-8.
        text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", errors="replace")


class NotInCacheError(RestError):
    """A name that the schema cache does not know: it may only be too old."""


def not_acceptable(media_types: list[str]) -> RestError:
    """None of the media types that the client accepts is one we make."""
    names = ", ".join(media_types)
    return RestError(406, "PGRST107", f"None of these media types are available: {names}")


def unreadable_query(message: str, details: str) -> RestError:
    """A query parameter that cannot be parsed; `message` says which one and where."""
    return RestError(_BAD_REQUEST, "PGRST100", message, details)


def unreadable_body(message: str) -> RestError:
    """A body that is not what its Content-Type says."""
    return RestError(_BAD_REQUEST, "PGRST102", message)


def unsatisfiable_range(details: str) -> RestError:
    """A range that no result could have."""
    return RestError(416, "PGRST103", "Requested range not satisfiable", details)


def not_one_row(rows: int) -> RestError:
    """One object was asked for, and there are more or none."""
    return RestError(
        406,
        "PGRST116",
        "Cannot coerce the result to a single JSON object",
        f"The result contains {rows} rows",
    )


def of_token(error: TokenError) -> RestError:
    """A refused token."""
    described = json.dumps(error.message)
    return RestError(
        401,
        error.code,
        error.message,
        error.details,
        headers={
            "WWW-Authenticate": f'Bearer error="invalid_token", error_description={described}'
        },
    )


def of_database(error: Exception, *, is_anonymous: bool) -> RestError:
    """What the database raised, or why it could not be asked.

    `is_anonymous`: whether the caller has the anon role, whom a token might help (401, not 403).
    """
    if isinstance(error, PoolTimeout | TooManyRequests):
        return RestError(504, "PGRST003", "Timed out acquiring connection from connection pool.")
    if isinstance(error, psycopg.Error) and error.sqlstate:
        return _of_sqlstate(error, error.sqlstate, is_anonymous)
    if isinstance(error, psycopg.DataError):
        # psycopg refuses before the server could: text cannot hold U+0000.
        return RestError(_BAD_REQUEST, "22021", 'invalid byte sequence for encoding "UTF8": 0x00')
    return RestError(503, "PGRST001", "Database client error. Retrying the connection.")


def _of_sqlstate(error: psycopg.Error, sqlstate: str, is_anonymous: bool) -> RestError:
    diagnosis = error.diag
    message = diagnosis.message_primary or ""
    if sqlstate == _RAISED:
        return _raised(message, diagnosis.message_detail)
    status = _status(sqlstate, message, is_anonymous)
    return RestError(
        status,
        sqlstate,
        message,
        diagnosis.message_detail,
        diagnosis.message_hint,
        {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else None,
    )


def _status(sqlstate: str, message: str, is_anonymous: bool) -> int:
    if sqlstate.startswith("PT"):
        number = re.fullmatch(r"PT([0-9]{3})", sqlstate)
        return int(number[1]) if number and 200 <= int(number[1]) <= 599 else 500
    if sqlstate == "42501":
        return 401 if is_anonymous else 403
    if sqlstate == "21000":
        # What the extension safeupdate raises is the client's fault.
        return 400 if message.endswith("requires a WHERE clause") else 500
    if sqlstate == "22023":
        return 401 if re.fullmatch('role ".*" does not exist', message, re.DOTALL) else 400
    return next((status for start, status in _STATUSES if sqlstate.startswith(start)), 400)


def _raised(message: str, detail: str | None) -> RestError:
    """`raise sqlstate 'PGRST'`: the function writes the whole answer itself."""
    body = _json_object(message, ("code", "message"))
    if body is None:
        return _unreadable_raise(
            f"Invalid JSON value for MESSAGE: '{message}'",
            "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional "
            "keys: 'details', 'hint'.",
        )
    how = "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional "
    how += "key: 'status_text'."
    if detail is None:
        return _unreadable_raise("DETAIL is missing in the RAISE statement", how)
    answer = _json_object(detail, ("status", "headers"))
    if answer is None or not _is_answer(answer):
        return _unreadable_raise(f"Invalid JSON value for DETAIL: '{detail}'", how)
    error = RestError(
        answer["status"], body["code"], body["message"], body.get("details"), body.get("hint")
    )
    error.headers.update(answer["headers"])
    return error


def _json_object(text: str, keys: tuple[str, ...]) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and all(key in value for key in keys) else None


def _is_answer(answer: Mapping[str, Any]) -> bool:
    status, headers = answer["status"], answer["headers"]
    return (
        isinstance(status, int)
        and 200 <= status <= 599
        and isinstance(headers, dict)
        and all(is_header(name, value) for name, value in headers.items())
    )


def _unreadable_raise(details: str, hint: str) -> RestError:
    return RestError(
        500,
        "PGRST121",
        "Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error",
        details,
        hint,
    )


def is_header(name: Any, value: Any) -> bool:
    """Whether a function's header can be sent: no line break ends it early (RFC 9110)."""
    return (
        isinstance(name, str)
        and isinstance(value, str)
        and re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) is not None
        and re.fullmatch(r"[\t\x20-\x7e\x80-\xff]*", value) is not None
    )
