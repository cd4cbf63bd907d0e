"""Media types: what a client accepts, and what a body is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pypot_cli.api.rest.errors import RestError, not_acceptable

JSON = "application/json"
CSV = "text/csv"
FORM = "application/x-www-form-urlencoded"

_OBJECT = "application/vnd.pgrst.object"
_ARRAY = "application/vnd.pgrst.array"
_PARAMETER = re.compile(r""";\s*([A-Za-z0-9-]+)\s*=\s*(?:"([^"]*)"|([^\s;,]*))""")


@dataclass(frozen=True)
class Format:
    """How the rows are written: `kind` is array, object or csv."""

    kind: str
    strips_nulls: bool = False

    @property
    def content_type(self) -> str:
        """The Content-Type of the answer."""
        stripped = ";nulls=stripped" if self.strips_nulls else ""
        names = {
            "object": f"{_OBJECT}+json{stripped}",
            "csv": CSV,
            "array": f"{_ARRAY}+json{stripped}" if stripped else JSON,
        }
        return f"{names[self.kind]}; charset=utf-8"


def accepted(header: str | None) -> Format:
    """The first type of an `Accept` header that can be made; raises PGRST107."""
    wanted = _by_quality(header) if header else ["*/*"]
    for each in wanted:
        name, strips = _parse(each)
        if name in (JSON, "*/*"):
            return Format("array")
        if name in (_OBJECT, f"{_OBJECT}+json"):
            return Format("object", strips)
        if name in (_ARRAY, f"{_ARRAY}+json"):
            return Format("array", strips)
        if name == CSV:
            return Format("csv")
    raise not_acceptable([_parse(each)[0] for each in wanted])


def body_type(header: str | None) -> str:
    """The type of a body, in lower case and without parameters; JSON when nothing is said."""
    return _parse(header)[0] if header else JSON


def refuse_body_type(header: str | None) -> RestError:
    """A body of a type that nothing takes."""
    return RestError(400, "PGRST102", f"Content-Type not acceptable: {header}")


def _parse(text: str) -> tuple[str, bool]:
    name, _, rest = text.partition(";")
    parameters = {
        key.lower(): quoted or plain for key, quoted, plain in _PARAMETER.findall(";" + rest)
    }
    return name.strip().lower(), parameters.get("nulls") == "stripped"


def _by_quality(header: str) -> list[str]:
    def quality(text: str) -> float:
        found = re.search(r";\s*q=([0-9.]+)", text)
        try:
            return float(found[1]) if found else 1.0
        except ValueError:
            return 0.0

    types = [part.strip() for part in header.split(",") if part.strip()]
    return sorted(types, key=lambda text: -quality(text)) or ["*/*"]
