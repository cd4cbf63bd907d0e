"""Which rows: `limit`, `offset` and the header `Range` in, the header `Content-Range` out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pypot_cli.api.rest.errors import unsatisfiable_range


@dataclass(frozen=True)
class RowRange:
    """Rows `first` to `last`, counted from 0, both included; `last` None is to the end."""

    first: int = 0
    last: int | None = None

    @property
    def limit(self) -> int | None:
        """How many rows, None for all."""
        return None if self.last is None else max(0, self.last - self.first + 1)

    @property
    def is_empty(self) -> bool:
        """Whether it can hold no row."""
        return self.last is not None and self.last < self.first

    def within(self, other: RowRange) -> RowRange:
        """What is in both."""
        lasts = [each.last for each in (self, other) if each.last is not None]
        return RowRange(max(self.first, other.first), min(lasts) if lasts else None)

    def at_most(self, rows: int) -> RowRange:
        """No more than so many rows."""
        return self.within(RowRange(self.first, self.first + rows - 1))


ALL = RowRange()
NONE = RowRange(0, -1)


def requested(limit: str | None, offset: str | None, header: str | None) -> RowRange:
    """The rows a request asks for; raises PGRST103. `header` is the `Range` of a GET."""
    if limit is not None and _number(limit) == 0:
        return NONE
    by_query = _by_query(limit, offset)
    by_header = _by_header(header)
    if by_header.is_empty:
        raise unsatisfiable_range(
            "The lower boundary must be lower than or equal to the upper boundary in the Range "
            "header."
        )
    both = by_header.within(by_query)
    if both.is_empty:
        raise unsatisfiable_range("Limit should be greater than or equal to zero.")
    return both


def _by_query(limit: str | None, offset: str | None) -> RowRange:
    first = max(0, _number(offset) or 0)
    rows = _number(limit)
    return RowRange(first, None if rows is None else first + rows - 1)


def _by_header(header: str | None) -> RowRange:
    found = re.fullmatch(r"([0-9]{1,18})-([0-9]{0,18})", header or "")
    if found is None:
        return ALL
    return RowRange(int(found[1]), int(found[2]) if found[2] else None)


def _number(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"-?[0-9]{1,18}", text) else None


def content_range(first: int, rows: int, total: int | None) -> str:
    """`first-last/total`, with `*` for what is empty or not counted."""
    shown = f"{first}-{first + rows - 1}" if rows > 0 and total != 0 else "*"
    return f"{shown}/{'*' if total is None else total}"


def status(first: int, rows: int, total: int | None) -> int:
    """200 everything, 206 a part, 416 beyond the end; 200 when nobody counted."""
    if total is None or (first <= total and rows >= total):
        return 200
    return 416 if first > total else 206
