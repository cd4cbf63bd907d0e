"""Behind a pooler of transactions no identity bleeds from one request into the next.

A real PgBouncer with a single connection to the server, so that whatever a request left there would
meet the next one: as it serves clients that prepare nothing, and those that prepare everything. A
pot's whole life behind it: tests/integration/api/test_a_pots_whole_life.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from pypot_cli.db.connection import connect, is_pooled
from pypot_cli.db.request import api_request
from pypot_cli.rpc import ANON, Api, Caller, RpcError, player
from tests.support.api import hs256, running
from tests.support.database import Database, player_claims
from tests.support.fixtures import unavailable
from tests.support.game import Game
from tests.support.packages import MissingProgramError
from tests.support.pooler import Pooled, pooler
from tests.support.preparing import prepare_everything

SHOWN = (
    "select current_user::text,"
    " coalesce(nullif(current_setting('request.jwt.claims', true), '')::json ->> 'sub', ''),"
    " coalesce(current_setting('request.headers', true), ''), pg_backend_pid()"
)
AT_ONCE = 8


@pytest.fixture(params=[0, 100], ids=["unprepared", "prepared"])
def door(
    request: pytest.FixtureRequest, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Pooled]:
    prepared: int = request.param
    if prepared:
        prepare_everything(monkeypatch)
    try:
        with pooler(db, tmp_path, size=1, prepared=prepared) as pooled:
            yield pooled
            # None of the tests shows what it says unless this is so.
            assert bool(pooled.counts()["bind"]) == bool(prepared)
    except MissingProgramError as error:
        unavailable(str(error))


def shown(conn: psycopg.Connection[Any]) -> tuple[str, str, str, int]:
    row = conn.execute(SHOWN).fetchone()
    assert row is not None
    return row[0], row[1], row[2], row[3]


def test_interleaved_requests_on_one_server_connection_see_their_own_caller(
    db: Database, door: Pooled
) -> None:
    ann, bob = db.make_user(), db.make_user()
    url = door.url("authenticator")
    with connect(url, autocommit=True) as one, connect(url, autocommit=True) as other:
        served = set()
        for number in range(3):
            for conn, user in ((one, ann), (other, bob)):
                headers = {"x-device-id": f"{user} {number}"}
                with api_request(
                    conn, "authenticated", player_claims(user), headers=headers
                ) as request:
                    role, sub, told, pid = shown(request)
                assert (role, sub, json.loads(told)) == ("authenticated", str(user), headers)
                served.add(pid)
            # Between requests, and after one that failed, there is nobody.
            with (
                pytest.raises(psycopg.errors.DivisionByZero),
                api_request(one, "authenticated", player_claims(ann)) as request,
            ):
                request.execute("select 1 / 0")
            role, sub, told, pid = shown(other)
            assert (role, sub, told) == ("authenticator", "", "")
            served.add(pid)
            with api_request(other, "anon") as request:
                assert shown(request)[:2] == ("anon", "")
        assert len(served) == 1, "they had a connection each, so nothing was shown"


def test_players_who_ask_at_once_through_the_api_each_get_their_own_wallet(
    db: Database, door: Pooled, game: Game
) -> None:
    callers = {
        str(game.player(balance).claims["sub"]): balance for balance in range(1, AT_ONCE + 1)
    }
    with running(db, database_url=door.url()) as api:

        def ask(user: str) -> list[int]:
            token = hs256({"sub": user, "role": "authenticated", "aud": "authenticated", "exp": 60})
            found = []
            for _ in range(10):
                answer = api.rpc("my_wallet", token=token)
                assert answer.status_code == 200, answer.text
                found.append(answer.json()["balance"])
            return found

        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = dict(zip(callers, pool.map(ask, callers), strict=True))
    assert answers == {user: [balance] * 10 for user, balance in callers.items()}


def test_calls_of_services_work_and_a_login_is_not_taken_for_a_caller(
    db: Database, door: Pooled, game: Game
) -> None:
    user = UUID(game.player(10).claims["sub"])
    with Api(door.url("authenticator")) as api:
        assert api.call(player(user), "my_wallet")["balance"] == 10
        assert api.rows(ANON, "list_pots") == []
        with pytest.raises(RpcError):
            api.call(Caller("authenticated"), "my_wallet")
        # More often than psycopg would wait before it prepares a statement.
        for _ in range(10):
            assert api.call(player(user), "my_wallet")["balance"] == 10


def test_a_pooler_is_told_from_a_server(db: Database, door: Pooled) -> None:
    for url, pooled in ((db.url(), False), (door.url(), True)):
        with connect(url, autocommit=True) as conn:
            for _ in range(3):
                row = conn.execute("select pg_backend_pid()").fetchone()
                assert row is not None
                assert is_pooled(conn, row[0]) is pooled
