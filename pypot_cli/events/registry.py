"""The kinds of events and the JSON Schema of each: the files of `schemas/`.

A schema describes the whole event as `read_events` gives it. Another kind of event is another file;
data that old consumers would not understand is another version of it.
"""

import functools
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pypot_cli.errors import PypotError

SCHEMAS = Path(__file__).resolve().parent / "schemas"

Schema = Mapping[str, Any]


@functools.cache
def envelope() -> Schema:
    """Return the schema of what every event has."""
    return _load(SCHEMAS / "event.json")


@functools.cache
def schemas() -> Mapping[tuple[str, int], Schema]:
    """Return the schema of each kind and version, in their order."""
    found = {}
    for file in SCHEMAS.glob("*.v*.json"):
        match = re.fullmatch(r"([a-z][a-z_]*)\.v([1-9][0-9]*)\.json", file.name)
        if match is None:
            raise ValueError(f"not named <kind>.v<version>.json: {file.name}")
        found[match[1], int(match[2])] = _load(file)
    return dict(sorted(found.items()))


def kinds() -> list[str]:
    """Return the kinds of events that there are."""
    return sorted({kind for kind, _ in schemas()})


def require_kinds(given: Iterable[str]) -> None:
    """Raise PypotError for a kind that there is not: nothing would ever come of it."""
    if unknown := sorted(set(given) - set(kinds())):
        raise PypotError(f"no such kind of event: {', '.join(unknown)} (pypot events schema)")


def bundled(schema: Schema) -> dict[str, Any]:
    """Return a schema that refers to nothing outside itself, for who has this one file."""
    return {**schema, "$defs": {"event": envelope()}}


def _load(file: Path) -> Schema:
    loaded: Schema = json.loads(file.read_text())
    return loaded
