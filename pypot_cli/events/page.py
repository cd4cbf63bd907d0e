"""The part of docs/events.md that is made from the schemas: a table of kinds, a list of fields."""

from collections.abc import Iterator
from typing import Any

from pypot_cli.events.registry import Schema, envelope, schemas

_SHORT = {"hex32": "64 hex digits", "hex64": "128 hex digits", "number": "integer"}

BEGIN = "<!-- made from pypot_cli/events/schemas; PYPOT_UPDATE_LISTS=1 rewrites it -->"


def catalogue() -> str:
    """Return the page's catalogue of events, Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield BEGIN
    yield ""
    yield "| every event has | |"
    yield "|---|---|"
    for name, schema in envelope()["properties"].items():
        yield f"| `{name}` | {_said(schema)} |"
    for (kind, version), schema in schemas().items():
        data = schema["properties"]["data"]
        yield ""
        yield f"### {kind}" + (f", version {version}" if version > 1 else "")
        yield ""
        yield schema["description"]
        if not data["properties"]:
            continue
        yield ""
        yield "| `data` | |"
        yield "|---|---|"
        for name, each in data["properties"].items():
            optional = "" if name in data.get("required", ()) else "; may be missing"
            yield f"| `{name}` | {_said(each)}{optional} |"


def _said(schema: Schema) -> str:
    """What a schema allows, in a few words."""
    text = schema.get("description", "").rstrip(".")
    form = _form(schema)
    return f"{form}: {text}" if text and form else text or form


def _form(schema: Schema) -> str:
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return _SHORT.get(name, name.replace("_", " "))
    if "anyOf" in schema:
        return " or ".join(_form(each) for each in schema["anyOf"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    kind: Any = schema.get("type", "")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)
