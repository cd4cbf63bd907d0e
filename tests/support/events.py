"""Events as a consumer reads them, held against their schemas."""

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from pypot_cli.events import registry
from tests.support.database import Database

Event = dict[str, Any]

MADE_UP = "test_"
"""How the kinds of events begin that a test makes up."""


def all_events(db: Database) -> list[Event]:
    """Every event there is, in order of position, as `read_events` gives it."""
    with db.connect("authenticator") as conn:
        conn.execute("set role pot_events")
        while _one(conn, "select public.sequence_events()")["sequenced"]:
            pass
        found: list[Event] = []
        while page := conn.execute(
            "select to_jsonb(e) from public.read_events(after => %s, page_size => 1000) as e",
            [found[-1]["position"] if found else 0],
        ).fetchall():
            found += [row[0] for row in page]
    return found


def problems(event: Event) -> list[str]:
    """How an event differs from the schema of its kind and version; empty when it does not."""
    schema = registry.schemas().get((event["kind"], event["schema_version"]))
    if schema is None:
        return [f"{event['kind']} version {event['schema_version']} has no schema"]
    return [
        f"{event['kind']} at {error.json_path}: {error.message}"
        for error in _validator(event["kind"], event["schema_version"]).iter_errors(event)
    ]


def assert_events_are_described(db: Database) -> list[Event]:
    """Fails when an event of the database is not as its schema says; returns them all."""
    found = all_events(db)
    real = [event for event in found if not event["kind"].startswith(MADE_UP)]
    assert [problem for event in real for problem in problems(event)] == []
    return found


@cache
def _validator(kind: str, version: int) -> Draft202012Validator:
    known: Registry[Any] = Registry().with_resource(
        registry.envelope()["$id"], Resource.from_contents(registry.envelope())
    )
    return Draft202012Validator(registry.schemas()[kind, version], registry=known)


def _one(conn: Any, statement: str) -> Any:
    return conn.execute(statement).fetchone()[0]
