"""The signer without a database connection: supabase-py against the API, woken by realtime."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

import pytest

from pypot_cli.api.server import realtime
from pypot_cli.errors import UnreadableInputError
from pypot_cli.keys import write_new_secret
from pypot_cli.rpc import ANON, RpcError
from pypot_cli.seeds import MasterSeeds
from pypot_cli.service import Client, Log
from pypot_cli.settlement import Settlement
from pypot_cli.supabase_api import Project, SupabaseApi
from tests.support.api import Api, running
from tests.support.database import Database
from tests.support.lived import SETTLEMENT, Game


def project(api: Api) -> Project:
    return Project(api.url, api.anon_key, api.settings.jwt_secret)


def test_the_signer_stocks_claims_and_reveals_over_the_api(api: Api) -> None:
    game = Game(api.db)
    with game.api, SupabaseApi(project(api)) as calls:
        client = Client(calls, SETTLEMENT, Log("test"), threading.Event(), give_up=5)
        signer = Settlement(
            client, Log("test"), game.settlement_key, MasterSeeds(game.master_key), stock=3
        )
        assert signer.round() == 2  # and the one that asked for the size of the stock
        pot_id = game.pot()
        game.fill(pot_id, game.users(3))
        game.orchestrator.round()
        assert signer.round() == 2  # settled, and a commitment replaced
        assert client.call("claim_settlement") is None
        assert game.api.call(ANON, "get_pot", pot_id=pot_id)["status"] == "settled"


def test_its_errors_are_those_of_the_database(api: Api) -> None:
    game = Game(api.db)
    game.settlement.round()
    with game.api, SupabaseApi(project(api)) as calls:
        with pytest.raises(RpcError) as missing:
            calls.call(SETTLEMENT, "claim_settlement", pot_id=str(uuid.uuid4()))
        assert (missing.value.code, missing.value.token) == ("PT404", "pot_not_found")
        pot_id = game.pot()
        game.fill(pot_id, game.users(3))
        game.orchestrator.round()
        calls.call(SETTLEMENT, "claim_settlement")
        with pytest.raises(RpcError) as refused:
            calls.call(
                SETTLEMENT,
                "reveal_pot",
                pot_id=pot_id,
                reveal_seed="11" * 32,
                settlement_signature="22" * 64,
            )
        assert (refused.value.token, refused.value.recorded) == ("reveal_mismatch", True)


def test_a_lock_wakes_it_and_both_logs_have_one_correlation_id(
    db: Database, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    game = Game(db, settlement_key=write_new_secret(tmp_path / "s"))
    game.master_key = write_new_secret(tmp_path / "m")
    with running(db, [realtime]) as api, game.api, (tmp_path / "log").open("w+") as log:
        # Polling alone would take a minute.
        process = subprocess.Popen(
            [sys.executable, "-m", "pypot_cli", "settle", "--stock", "5", "--poll", "60"],
            env={
                "PATH": os.environ["PATH"],
                "SUPABASE_URL": api.url,
                "SUPABASE_KEY": api.anon_key,
                "PYPOT_JWT_SECRET": api.settings.jwt_secret,
                "PYPOT_SETTLEMENT_KEY": str(tmp_path / "s"),
                "PYPOT_SEED_MASTER_KEY": str(tmp_path / "m"),
            },
            stderr=log,
        )
        try:
            deadline = time.monotonic() + 60
            while "minted" not in (tmp_path / "log").read_text():
                assert time.monotonic() < deadline
                time.sleep(0.05)
            time.sleep(8)  # its pauses are long by now
            pot_id = game.pot()
            game.fill(pot_id, game.users(3))
            game.orchestrator.round()
            deadline = time.monotonic() + 40
            while game.api.call(ANON, "get_pot", pot_id=pot_id)["status"] != "settled":
                assert time.monotonic() < deadline
                time.sleep(0.05)
        finally:
            process.terminate()
            assert process.wait(30) == 0
        written = (tmp_path / "log").read_text()
        (settled,) = (
            line for line in map(json.loads, written.splitlines()) if line["event"] == "settled"
        )
        assert uuid.UUID(settled["correlation_id"])
        requests = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
        assert [
            line["path"].rpartition("/")[2]
            for line in requests
            if line.get("correlation_id") == settled["correlation_id"] and "path" in line
        ] == ["pack_lock_entries", "reveal_pot"]
        assert game.seed_of(pot_id).reveal().hex() not in written


def test_a_token_of_another_secret_is_said_to_be_that(api: Api) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "pypot_cli", "settle", "--once"],
        env={
            "PATH": os.environ["PATH"],
            "SUPABASE_URL": api.url,
            "SUPABASE_KEY": api.settings.publishable_key,
            "PYPOT_JWT_SECRET": "another secret, of more than 32 characters",
            "A_KEY": "11" * 32,
            "PYPOT_SETTLEMENT_KEY": "env:A_KEY",
            "PYPOT_SEED_MASTER_KEY": "env:A_KEY",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert process.returncode == 1
    assert process.stderr.splitlines()[-1] == (
        "pypot: the API does not take our token: is PYPOT_JWT_SECRET the project's?"
    )
    assert "11" * 32 not in process.stderr


@pytest.mark.parametrize("url", ["http://example.com", "ftp://example.com", "", "https://"])
def test_a_seed_is_not_sent_in_the_clear(url: str) -> None:
    with pytest.raises(UnreadableInputError, match="SUPABASE_URL"):
        Project(url, "k", "s")
