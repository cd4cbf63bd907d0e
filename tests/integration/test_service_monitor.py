"""A running service is woken by the database, and shows its health and its measurements."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

from pypot_cli import wake
from pypot_cli.keys import write_new_secret
from pypot_cli.monitor import Monitor, serving
from pypot_cli.rpc import ANON, login_url
from tests.support.database import Database
from tests.support.lived import Game


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_a_service_that_made_no_round_is_ill() -> None:
    monitor = Monitor("test", 1.0)
    with serving(monitor, 0, "127.0.0.1") as port:
        address = f"http://127.0.0.1:{port}"
        assert get(f"{address}/health")[0] == 503
        with monitor.round():
            monitor.event("minted")
        assert get(f"{address}/health")[0] == 200
        assert (
            'pypot_events_total{event="minted",service="test"} 1.0' in get(address + "/metrics")[1]
        )
        assert get(f"{address}/elsewhere")[0] == 404


def test_a_full_pot_wakes_the_orchestrator_and_its_calls_carry_the_logged_id(
    db: Database, tmp_path: Path
) -> None:
    game = Game(db, orchestrator_key=write_new_secret(tmp_path / "key"))
    with game.api:
        game.settlement.round()
        process = subprocess.Popen(
            # Polling alone would take a minute.
            [
                sys.executable,
                "-m",
                "pypot_cli",
                "orchestrate",
                "--poll",
                "60",
                "--metrics-port",
                "0",
                "--journal",
                str(tmp_path / "locks.sqlite"),
            ],
            env={
                "PATH": os.environ["PATH"],
                "PYPOT_DB_URL": db.url(),
                "PYPOT_ORCHESTRATOR_KEY": f"cmd:cat {tmp_path / 'key'}",
            },
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        try:
            started = json.loads(process.stderr.readline())
            users, pot_id = game.users(3), game.pot()
            time.sleep(6)  # its pauses are long by now
            game.fill(pot_id, users)
            began = time.monotonic()
            while game.api.call(ANON, "get_pot", pot_id=pot_id)["status"] == "open":
                assert time.monotonic() - began < 30
                time.sleep(0.01)
            while True:
                line = json.loads(process.stderr.readline())
                if line["event"] == "attested":
                    break
            assert uuid.UUID(line["correlation_id"])
            address = f"http://127.0.0.1:{started['metrics_port']}"
            assert get(f"{address}/health")[0] == 200
            assert (
                'pypot_events_total{event="attested",service="orchestrate"} 1.0'
                in (get(f"{address}/metrics")[1])
            )
            assert "cat" not in json.dumps(started)
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
            process.stderr.close()


def test_a_listener_whose_connection_was_lost_listens_again(db: Database) -> None:
    heard: list[str] = []
    waking = wake.Wake(threading.Event(), lambda event, **_: heard.append(event))
    with wake.database(login_url(db.url()))(waking):
        assert waking.pause(60)  # it listens
        with db.admin() as conn:
            conn.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where application_name = 'pypot listen' and datname = current_database()"
            )
            assert waking.pause(60)  # it listens again
            assert heard == ["listening_again"]
            conn.execute("notify pots, 'full'")
            assert waking.pause(60)
            assert not waking.pause(0.1)
