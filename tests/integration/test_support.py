"""The ground that other tests stand on."""

import pytest

from tests.support.database import Database


@pytest.mark.postgres(17, 15)
def test_a_test_gets_a_database_of_its_own(db: Database) -> None:
    with db.connect() as conn:
        conn.execute("create table public.left_behind ()")
        row = conn.execute("select current_database(), current_user").fetchone()
    assert row == (db.name, "postgres")
    with db.admin() as conn:
        assert conn.info.server_version // 10000 == db.major


def test_a_player_calls_as_postgrest_would(db: Database) -> None:
    user = db.make_user()
    with db.as_player(user, headers={"X-Thing": "1"}) as conn:
        row = conn.execute(
            "select current_user, auth.uid(), auth.role(), current_setting('statement_timeout'),"
            " current_setting('request.headers')::json ->> 'x-thing'"
        ).fetchone()
    assert row == ("authenticated", user, "authenticated", "8s", "1")
