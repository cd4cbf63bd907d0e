"""The correlation id of the work under way: in every log line of it, and in every call it makes."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from contextvars import ContextVar

HEADER = "x-correlation-id"
"""The request header that carries it; the database writes it into private.events."""

_current: ContextVar[str | None] = ContextVar("correlation_id", default=None)


def current() -> str | None:
    """Return the id of the work under way, None outside of any."""
    return _current.get()


@contextlib.contextmanager
def correlated() -> Iterator[str]:
    """Give the block an id of its own, a random UUID: a round, or a pot's work within it."""
    under_way = str(uuid.uuid4())
    token = _current.set(under_way)
    try:
        yield under_way
    finally:
        _current.reset(token)


def headers() -> dict[str, str]:
    """Return the headers of a call made now."""
    given = _current.get()
    return {} if given is None else {HEADER: given}
