"""The catalogue of events: what functions write, what has a schema, what docs/events.md says."""

import os
import re

import pytest
from jsonschema import Draft202012Validator

from pypot_cli.config import ROOT
from pypot_cli.events import page, registry
from pypot_cli.migrations.statements import Token, tokens
from pypot_cli.migrations.tree import Tree, default_root

PAGE = ROOT / "docs" / "events.md"
# Which argument of a function names the kind of the event that it writes.
WRITERS = {"log_event": 0, "log_events": 0, "refuse_player": 1}
# A join writes its event with its entry: id, kind, …
_WRITTEN_WITH_AN_ENTRY = re.compile(
    r"insert into private\.events \(\s*event_id, kind,[^)]*\)\s*(?:values\s*\(|select)\s*"
    r"[a-z_.]+, '([a-z_]+)'"
)
# Where a kind is not a literal: handed on, or put together.
NOT_NAMED = {"refuse_player.sql", "append_audit.sql", "announce_alert.sql"}
ALERTS = {"alert_opened", "alert_acknowledged", "alert_closed"}


def argument(body: list[Token], start: int, number: int) -> str | None:
    """The literal that is an argument of a call, whose first token is at `start`."""
    depth = 0
    for at in range(start, len(body)):
        text = body[at].text
        if depth == 0 and number == 0:
            alone = body[at].kind == "string" and body[at + 1].text in (",", ")")
            return text.strip("'") if alone else None
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(text, 0)
        if depth == 0 and text == ",":
            number -= 1
    return None


def written() -> dict[str, set[str]]:
    """Each kind that a function of ours writes, and the files that do; "" for a kind not named."""
    found: dict[str, set[str]] = {}
    for file in Tree(default_root()).functions:
        for kind in _WRITTEN_WITH_AN_ENTRY.findall(file.text):
            found.setdefault(kind, set()).add(file.path.rpartition("/")[2])
        for token in tokens(file.text):
            if token.kind != "dollar":
                continue
            body = [t for t in tokens(token.text.strip("$")) if t.kind not in ("space", "comment")]
            for at in range(len(body) - 4):
                called = [t.text for t in body[at : at + 4]]
                if called[:2] != ["private", "."] or called[3] != "(" or called[2] not in WRITERS:
                    continue
                kind = argument(body, at + 4, WRITERS[called[2]])
                found.setdefault(kind or "", set()).add(file.path.rpartition("/")[2])
    return found


def actions() -> set[str]:
    """The actions that a row of a pot's chain may have."""
    migrations = sorted((default_root() / "migrations").glob("*.sql"))
    text = "".join(file.read_text() for file in migrations)
    listed = re.findall(r"check \(action in \(([^)]+)\)\)", text)[-1]
    return set(re.findall(r"'([a-z_]+)'", listed))


def test_every_kind_that_is_written_has_a_schema_and_every_schema_is_of_one() -> None:
    found = written()
    assert found.pop("") == NOT_NAMED
    assert len(found) > 10
    transitions = {f"pot_{action}" for action in actions()}
    assert set(found) | transitions | ALERTS == set(registry.kinds())


@pytest.mark.parametrize(("kind", "version"), registry.schemas())
def test_a_schema_is_one_and_says_of_what(kind: str, version: int) -> None:
    schema = registry.schemas()[kind, version]
    Draft202012Validator.check_schema(schema)
    assert schema["title"] == kind
    assert schema["$id"] == f"urn:pypot:event:{kind}:{version}"
    assert schema["$ref"] == registry.envelope()["$id"]
    assert schema["description"]
    own = schema["properties"]
    assert own["kind"] == {"const": kind}
    assert own["schema_version"] == {"const": version}
    # What is not described does not leave by accident.
    assert own["data"]["additionalProperties"] is False
    assert set(own["data"]["required"]) <= set(own["data"]["properties"])


def test_versions_of_a_kind_count_from_one() -> None:
    for kind in registry.kinds():
        versions = [version for each, version in registry.schemas() if each == kind]
        assert versions == list(range(1, len(versions) + 1)), kind


def test_the_page_has_the_catalogue() -> None:
    text = PAGE.read_text()
    head, _, listed = text.partition(page.BEGIN)
    if os.environ.get("PYPOT_UPDATE_LISTS"):
        PAGE.write_text(head + page.catalogue())
    assert page.BEGIN + listed == page.catalogue()
