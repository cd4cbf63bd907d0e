"""Every answer that was recorded from PostgREST 14.17 is the answer of the local API.

tests/fixtures/postgrest-rpc.json has the requests in the order they were sent, over
tests/fixtures/postgrest-schema.sql; paths there carry no /rest/v1.
"""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.api import Api, bearer, hs256, running
from tests.support.database import Database

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
RECORDINGS: list[dict[str, Any]] = json.loads((FIXTURES / "postgrest-rpc.json").read_text())
TOKENS: dict[str, Any] = json.loads((FIXTURES / "postgrest-tokens.json").read_text())


@pytest.fixture
def recorded(db: Database) -> Iterator[Api]:
    """The API over the schema of the recordings."""
    schema = (FIXTURES / "postgrest-schema.sql").read_text()
    # Roles belong to the cluster. The migrations make this one with a timeout, but in this database
    # it has the one that the recordings show. Whoever comes first makes it as postgres, as they do.
    create = "create role pot_settlement nologin;"
    assert create in schema
    schema = schema.replace(create, "")
    with db.connect("postgres") as conn:
        if conn.execute("select to_regrole('pot_settlement')").fetchone() == (None,):
            conn.execute("create role pot_settlement nologin")
    with db.admin() as conn:
        conn.execute(schema.encode())
        # The last answer shows what the schema's text does not: that service_role could insert, and
        # that one row more had been (a stranger's, so that no other answer has it).
        conn.execute("grant insert on public.members to service_role")
        conn.execute("select nextval(pg_get_serial_sequence('public.members', 'id'))")
        conn.execute(
            "do $$ begin execute format('alter role pot_settlement in database %I "
            "set statement_timeout = ''8s''', current_database()); end $$"
        )
    with running(db) as api:
        yield api


@pytest.mark.postgres(17, 15, migrated=False)
def test_every_recorded_request_is_answered_as_it_was(recorded: Api) -> None:
    tokens = {name: token(recorded, name) for name in TOKENS if name.isupper()}
    wrong = []
    for each in RECORDINGS:
        name = each["token"]
        sent = name[1:] if name and name.startswith("=") else tokens.get(name or "")
        response = recorded.http.request(
            each["method"],
            f"/rest/v1{each['path']}",
            headers={**bearer(sent), **each["headers"]},
            content=each["body"],
        )
        expected = each["response"]
        got = {
            "status": response.status_code,
            "headers": {key: response.headers.get(key) for key in expected["headers"]},
            "body": re.sub(r'"exp": \d+', '"exp": 0', response.text),
        }
        if got != expected:
            wrong.append((each["name"], expected, got))
    score = f"{len(RECORDINGS) - len(wrong)} of {len(RECORDINGS)}"
    print(f"recorded answers matched: {score}")
    assert not wrong, f"{score}: {json.dumps(wrong, indent=1)}"


def token(api: Api, name: str) -> str:
    """A token as tokens.json describes it."""
    described = dict(TOKENS[name])
    algorithm, secret = described.pop("_alg", ""), described.pop("_secret", TOKENS["secret"])
    if algorithm:
        described["exp"] += int(time.time())
        return api.authority.sign(described)
    return hs256(described, secret)
