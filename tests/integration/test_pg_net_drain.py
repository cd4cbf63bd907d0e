"""Webhooks drained from inside the database: what SQL signs, the library verifies.

pg_net is not here. A schema `net` of its shape (0.14) notes what it is asked to post and sends
nothing; answers are put into its table as pg_net's worker would.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from standardwebhooks import Webhook

from pypot_cli.config import ROOT
from tests.support.database import Database
from tests.support.webhooks import OPERATOR, Hooks

DRAIN = ROOT / "docs" / "examples" / "pg_net_drain.sql"

NET = """
create schema net;
create table net.posted (
    id bigint generated always as identity primary key,
    url text, body bytea, params jsonb, headers jsonb, timeout_milliseconds integer
);
create table net._http_response (
    id bigint, status_code integer, content_type text, headers jsonb, content text,
    timed_out boolean, error_msg text, created timestamptz not null default now()
);
create function net.http_post(
    url text, body jsonb default '{}', params jsonb default '{}',
    headers jsonb default '{"Content-Type": "application/json"}',
    timeout_milliseconds integer default 5000
) returns bigint language sql as $$
    insert into net.posted (url, body, params, headers, timeout_milliseconds)
    values (url, convert_to(body::text, 'UTF8'), params, headers, timeout_milliseconds)
    returning id
$$;
grant usage on schema net to postgres;
grant all on all tables in schema net to postgres;
"""


@pytest.fixture
def hooks(db: Database, tmp_path: Path) -> Iterator[Hooks]:
    with db.admin() as admin:
        admin.execute(NET)
    with db.connect() as conn:
        conn.execute(DRAIN.read_bytes())
    hooks = Hooks(db, tmp_path)
    yield hooks
    hooks.stop()


def drain(hooks: Hooks) -> int:
    with hooks.db.connect() as conn:
        row = conn.execute("select private.drain_webhooks()").fetchone()
    assert row is not None
    return int(row[0])


def posted(hooks: Hooks) -> list[tuple[Any, ...]]:
    return hooks.rows("select id, url, body, headers from net.posted order by id")


def answer(
    hooks: Hooks,
    request_id: int,
    status: int | None,
    *,
    timed_out: bool = False,
    retry_after: str | None = None,
) -> None:
    headers = None if retry_after is None else json.dumps({"Retry-After": retry_after})
    with hooks.db.admin() as conn:
        conn.execute(
            "insert into net._http_response (id, status_code, timed_out, headers)"
            " values (%s, %s, %s, %s)",
            (request_id, status, timed_out, headers),
        )


@pytest.mark.postgres(17, 15)
def test_what_sql_signs_the_library_verifies(hooks: Hooks) -> None:
    webhook_id = hooks.add("https://hooks.example/a")
    new = hooks.api.call(OPERATOR, "rotate_webhook_secret", webhook_id=webhook_id)["secret"]
    with hooks.db.connect() as conn:
        said = json.dumps({"text": 'é ☃ " \\ \n', "number": 9007199254740991, "none": None})
        conn.execute("select private.log_event('pot_joined', null, %s)", (said,))
    assert drain(hooks) == 1
    ((_, url, body, headers),) = posted(hooks)
    assert url == "https://hooks.example/a"
    message = Webhook(new).verify(body, headers)
    assert message == Webhook(hooks.secrets[webhook_id]).verify(body, headers)
    assert message["data"]["text"] == 'é ☃ " \\ \n'
    assert message["type"] == "pot_joined"


def test_answers_are_reported_and_the_next_of_a_pot_follows(hooks: Hooks) -> None:
    hooks.add("https://hooks.example/a")
    pot_id = "00000000-0000-0000-0000-00000000000a"
    hooks.emit(2, pot_id=pot_id)
    assert drain(hooks) == 1
    assert drain(hooks) == 0, "the second waits for the first"
    answer(hooks, 1, 204)
    assert drain(hooks) == 1
    answer(hooks, 2, None, timed_out=True)
    assert drain(hooks) == 0
    assert [(row["status"], row["last_error"]) for row in hooks.deliveries()] == [
        ("pending", "timeout"),
        ("delivered", None),
    ]
    assert hooks.rows("select count(*) from private.webhook_requests") == [(0,)]


@pytest.mark.parametrize(
    ("status", "error"), [(None, "connection"), (301, "redirect"), (404, "status")]
)
def test_what_went_wrong_is_told_apart(hooks: Hooks, status: int | None, error: str) -> None:
    hooks.add("https://hooks.example/a")
    hooks.emit()
    drain(hooks)
    answer(hooks, 1, status)
    drain(hooks)
    (row,) = hooks.deliveries()
    assert (row["status"], row["last_status"], row["last_error"]) == ("pending", status, error)


def test_what_is_rolled_back_is_neither_sent_nor_lost(hooks: Hooks) -> None:
    hooks.add("https://hooks.example/a")
    hooks.emit()
    with hooks.db.connect(autocommit=False) as conn:
        conn.execute("select private.drain_webhooks()")
        conn.rollback()
    assert posted(hooks) == []
    assert drain(hooks) == 1


@pytest.mark.parametrize("role", ["service_role", "authenticated", "anon", "pot_webhooks"])
def test_nobody_but_the_owner_drains(hooks: Hooks, role: str) -> None:
    with hooks.db.as_role(role) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("select private.drain_webhooks()")


@pytest.mark.parametrize(
    ("retry_after", "rests"), [("600", True), ("in a while", False), (None, False)]
)
def test_a_receiver_that_says_when_to_come_back_is_heard(
    hooks: Hooks, retry_after: str | None, rests: bool
) -> None:
    hooks.add("https://hooks.example/a")
    hooks.emit()
    assert drain(hooks) == 1
    ((request_id, *_),) = posted(hooks)
    answer(hooks, request_id, 503, retry_after=retry_after)
    assert drain(hooks) == 0
    assert hooks.rows(
        "select coalesce(retry_at > now() + interval '9 minutes', false)"
        " from private.webhook_subscriptions"
    ) == [(rests,)]
