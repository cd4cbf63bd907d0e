"""`pypot up` is everything at once, and leaves nothing running."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from pypot_cli import db


def test_up_prints_how_to_play_and_stops_cleanly(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "pypot_cli", "up", "--data-dir", str(tmp_path / "db")),
            *("--db-port", "0", "--port", "0", "--no-web"),
        ],
        env={"PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        told: dict[str, str] = {}
        while "Ctrl-C" not in told:
            line = process.stdout.readline()
            assert line, "it ended"
            name, _, value = line.strip().partition(" ")
            told[name] = value.strip()
        headers = {"apikey": told["anon_key"]}
        with httpx.Client(base_url=told["url"], headers=headers, timeout=20) as client:
            session = client.post(
                "/auth/v1/token?grant_type=password",
                json={"email": told["player"], "password": told["password"]},
            ).json()
            client.headers["Authorization"] = f"Bearer {session['access_token']}"
            assert client.post("/rest/v1/rpc/my_wallet").json()["balance"] == 10_000
            deadline = time.monotonic() + 60
            while len(client.post("/rest/v1/rpc/list_pots", json={"status": "open"}).json()) < 3:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        # Asked once more while it stops, it leaves nothing running either.
        with contextlib.suppress(httpx.TransportError):
            while True:
                httpx.get(f"{told['url']}/health", timeout=20)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        stopped_by_us = db.embedded_cluster(tmp_path / "db").stop()
    assert not stopped_by_us
