"""A real streaming standby: who may read it, how old that says it is, and who refuses it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pypot_cli.api.rest.service import STALENESS_HEADER
from pypot_cli.db.binaries import embedded, runnable_by
from pypot_cli.db.cluster import Cluster
from pypot_cli.db.owner import server_user
from pypot_cli.keys import write_new_secret
from pypot_cli.rpc import Api as Calls
from pypot_cli.rpc import Caller, StandbyError
from tests.support.api import Api, hs256, running
from tests.support.database import Database, player_claims
from tests.support.game import Game
from tests.support.own_server import OwnServer, own_server

PATIENCE_SECONDS = 20.0
MOST_STALE_SECONDS = 3.0


@pytest.fixture(scope="module")
def primary() -> Iterator[OwnServer]:
    with own_server() as server:
        yield server


@pytest.fixture(scope="module")
def standby(primary: OwnServer) -> Iterator[Database]:
    """A standby of the primary, made by pg_basebackup and streaming."""
    data = primary.cluster.data_dir.with_name("standby")
    user = server_user(primary.cluster.data_dir)
    data.mkdir(mode=0o700)
    if user is not None:
        os.chown(data, user.uid, user.gid)
    binaries = runnable_by(embedded(), user)
    subprocess.run(
        [
            *(binaries.tool("pg_basebackup"), "--pgdata", data, "--write-recovery-conf"),
            *("--wal-method", "stream", "--checkpoint", "fast"),
            *("--dbname", primary.cluster.admin_url()),
        ],
        env={"PATH": os.defpath, **binaries.env},
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
        check=True,
        timeout=120,
    )
    cluster = Cluster(data, embedded())
    cluster.start(0)
    try:
        yield Database(cluster, 17, "postgres")
    finally:
        cluster.stop()


@pytest.fixture
def game(primary: OwnServer, standby: Database) -> Iterator[Game]:
    play = Game(primary.db)
    yield play
    play.close()


@pytest.fixture
def api(primary: OwnServer, standby: Database) -> Iterator[Api]:
    with running(
        primary.db, read_url=standby.url(), most_stale_seconds=MOST_STALE_SECONDS
    ) as served:
        wait_for(lambda: from_standby(served) is not None)
        yield served


def wait_for(look: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not look():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def from_standby(api: Api, path: str = "rpc/list_pots") -> float | None:
    """How old what anybody reads may be, None when the primary answered."""
    answer = api.get(path)
    assert answer.status_code == 200, answer.text
    text = answer.headers.get(STALENESS_HEADER)
    return None if text is None else float(text)


@contextlib.contextmanager
def replay_paused(standby: Database) -> Iterator[None]:
    with standby.admin() as conn:
        conn.execute("select pg_wal_replay_pause()")
        wait_for(
            lambda: conn.execute("select pg_get_wal_replay_pause_state()").fetchone() == ("paused",)
        )
        try:
            yield
        finally:
            conn.execute("select pg_wal_replay_resume()")


def test_lobby_proof_and_history_are_read_from_the_standby_and_say_how_old_they_are(
    api: Api, game: Game, standby: Database
) -> None:
    pot_id = game.pot(max_tickets=3)
    for _ in range(3):
        game.player(10).join(pot_id)
    game.settle(pot_id)
    with game.service.request() as call:
        proof = call("get_proof", pot_id=pot_id)
    wait_for(lambda: api.get(f"rpc/get_pot?pot_id={pot_id}").json()["status"] == "settled")
    before = reads(standby)
    for path in (
        "rpc/list_pots",
        f"rpc/get_pot?pot_id={pot_id}",
        f"rpc/get_proof?pot_id={pot_id}",
        f"rpc/get_audit_chain?pot_id={pot_id}",
    ):
        staleness = from_standby(api, path)
        assert staleness is not None, path
        assert 0 <= staleness < MOST_STALE_SECONDS, path
    assert api.get(f"rpc/get_proof?pot_id={pot_id}").json() == proof
    wait_for(lambda: reads(standby) > before)


def reads(standby: Database) -> int:
    """Transactions that the standby has made."""
    with standby.admin() as conn:
        row = conn.execute(
            "select xact_commit from pg_stat_database where datname = current_database()"
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_who_is_signed_in_and_who_acts_reads_the_primary(api: Api, game: Game) -> None:
    user = game.player(7).claims["sub"]
    for claims in (player_claims(user), {"role": "pot_orchestrator"}, {"role": "service_role"}):
        answer = api.get("rpc/list_pots", token=hs256({**claims, "exp": 60}))
        assert answer.status_code == 200, answer.text
        assert STALENESS_HEADER not in answer.headers, claims
    # What was just done is seen at once.
    token = hs256({**player_claims(user), "exp": 60})
    for amount in (8, 9):
        game.fund(user, 1)
        assert api.get("rpc/my_wallet", token=token).json()["balance"] == amount
    # Nor does what writes go there.
    assert STALENESS_HEADER not in api.rpc("cheer_pot", {}).headers


def test_a_standby_that_is_behind_says_so_and_is_left_when_it_is_too_old(
    api: Api, game: Game, standby: Database
) -> None:
    with replay_paused(standby):
        pot_id = game.pot()
        began = time.monotonic()
        seen = []
        while (staleness := from_standby(api)) is not None:
            ids = [pot["id"] for pot in api.get("rpc/list_pots").json()]
            seen.append((staleness, time.monotonic() - began, pot_id in ids))
            assert time.monotonic() - began < PATIENCE_SECONDS, "it was never left"
            time.sleep(0.1)
        # It said that it was at least as old as what it lacked.
        behind = [each for each in seen if not each[2]]
        assert behind, "the pause showed nothing"
        for said, old, _ in behind:
            assert said >= old - 0.3, seen
        # Then the primary answers, with what is new.
        assert pot_id in [pot["id"] for pot in api.get("rpc/list_pots").json()]
    wait_for(lambda: from_standby(api) is not None)


def test_services_refuse_to_decide_from_a_standby(
    primary: OwnServer, standby: Database, tmp_path: Path
) -> None:
    with (
        pytest.raises(StandbyError, match="give the primary's URL"),
        Calls(standby.url("authenticator")) as calls,
    ):
        calls.rows(Caller("pot_orchestrator"), "list_pots")
    for name in ("o", "s", "m", "b"):
        write_new_secret(tmp_path / name)
    keys = {
        "PYPOT_ORCHESTRATOR_KEY": str(tmp_path / "o"),
        "PYPOT_SETTLEMENT_KEY": str(tmp_path / "s"),
        "PYPOT_SEED_MASTER_KEY": str(tmp_path / "m"),
        "PYPOT_BEACON_KEY": str(tmp_path / "b"),
    }
    for command in (["orchestrate"], ["settle"], ["beacon", "submit"]):
        for once in ([], ["--once"]):
            done = subprocess.run(
                [sys.executable, "-m", "pypot_cli", *command, *once],
                env={"PATH": os.environ["PATH"], "PYPOT_DB_URL": standby.url(), **keys},
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert done.returncode == 1, (command, done.stderr)
            assert "this database is a standby" in done.stderr, command
            assert "Traceback" not in done.stderr, command
    with primary.db.admin() as conn:
        row = conn.execute("select count(*) from private.commitments").fetchone()
    with standby.admin() as conn:
        assert conn.execute("select count(*) from private.commitments").fetchone() == row


def test_invariants_and_the_audit_log_can_be_checked_on_a_standby(standby: Database) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pypot_cli", "check", "--db", standby.url(), "--json"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)
