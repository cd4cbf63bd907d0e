"""What surrounds every request: limits, CORS, correlation ids, logs, and the command itself."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pypot_cli.api.settings import Limits
from tests.support.api import PASSWORD, Api, bearer, hs256, running
from tests.support.database import Database
from tests.support.game import Game

PAGE = {"Origin": "http://localhost:5173"}


def log_lines(capfd: pytest.CaptureFixture[str]) -> tuple[list[dict[str, Any]], str]:
    """What was logged since the last look: each line's object, and the text of all."""
    text = capfd.readouterr().err
    return [json.loads(line) for line in text.splitlines()], text


def test_a_body_is_one_mebibyte_at_most(api: Api) -> None:
    most = api.settings.limits.body
    for path in ("/rest/v1/rpc/list_pots", "/auth/v1/signup", "/rest/v1/pots"):
        announced = api.http.post(path, content=b"x" * (most + 1))
        assert announced.status_code == 413, path
        chunked = api.http.post(path, content=iter([b"x" * most, b"x"]))
        assert chunked.status_code == 413, path
        # Nothing more of it is waited for.
        assert chunked.elapsed.total_seconds() < 4
    fits = b'{"status": "' + b"x" * (most - 14) + b'"}'
    assert len(fits) == most
    assert api.http.post("/rest/v1/rpc/list_pots", content=fits).status_code == 400


def test_headers_have_a_limit(api: Api) -> None:
    long = "x" * (api.settings.limits.headers + 1)
    assert api.get("rpc/list_pots", **{"X-Long": long}).status_code == 431
    assert api.get(f"rpc/list_pots?a={long}").status_code == 414


def test_a_request_that_takes_too_long_ends_and_so_does_its_statement(db: Database) -> None:
    with db.connect() as conn:
        conn.execute(
            "create function public.nap() returns void language sql as 'select pg_sleep(60)'"
        )
        conn.execute("grant execute on function public.nap() to service_role")
    with running(db, limits=Limits(request_seconds=0.5)) as api:
        assert api.rpc("nap", token=api.service_key).status_code == 504
        with db.admin() as conn:
            for _ in range(600):
                row = conn.execute(
                    "select count(*) from pg_stat_activity where query like '%nap%' "
                    "and state = 'active' and pid <> pg_backend_pid()"
                ).fetchone()
                if row == (0,):
                    break
                time.sleep(0.05)
        assert row == (0,)
        assert api.get("rpc/list_pots").status_code == 200


def test_what_is_too_many_at_once_is_turned_away(db: Database) -> None:
    with db.connect() as conn:
        conn.execute(
            "create function public.nap() returns void language sql as 'select pg_sleep(1)'"
        )
    with running(db, limits=Limits(requests_at_once=2)) as api:
        seen: list[int] = []
        key = api.service_key
        naps = [
            threading.Thread(
                target=lambda: seen.append(
                    httpx.post(f"{api.url}/rest/v1/rpc/nap", headers=bearer(key)).status_code
                )
            )
            for _ in range(6)
        ]
        for nap in naps:
            nap.start()
        for nap in naps:
            nap.join()
        assert set(seen) == {204, 503}
        assert api.http.get("/health").status_code == 200


def test_a_page_of_any_origin_may_call(api: Api) -> None:
    wants = "apikey, authorization, content-profile, x-client-info, x-supabase-api-version"
    for path in ("/rest/v1/rpc/join_pot", "/auth/v1/token", "/rest/v1/pots"):
        answer = api.http.options(
            path,
            headers={
                **PAGE,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": wants,
            },
        )
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "*"
        assert wants in answer.headers["access-control-allow-headers"]
        assert "PATCH" in answer.headers["access-control-allow-methods"]
    refused = api.rpc("join_pots", **PAGE)
    assert refused.headers["access-control-allow-origin"] == "*"
    assert "Content-Range" in refused.headers["access-control-expose-headers"]
    auth = api.http.post("/auth/v1/token", headers=PAGE)
    assert "X-Supabase-Api-Version" in auth.headers["access-control-expose-headers"]
    big = api.http.post("/rest/v1/rpc/list_pots", content=b"x" * 2**21, headers=PAGE)
    assert (big.status_code, big.headers["access-control-allow-origin"]) == (413, "*")
    assert "access-control-allow-origin" not in api.get("rpc/list_pots").headers
    assert "access-control-allow-credentials" not in refused.headers


def test_a_correlation_id_is_made_or_echoed_and_logged(
    api: Api, capfd: pytest.CaptureFixture[str]
) -> None:
    made = api.get("rpc/list_pots").headers["x-correlation-id"]
    assert uuid.UUID(made)
    echoed = api.get("rpc/list_pots", **{"X-Correlation-Id": "page-17"})
    assert echoed.headers["x-correlation-id"] == "page-17"
    forged = api.get("rpc/list_pots", **{"X-Correlation-Id": 'x" , "y": "'})
    assert uuid.UUID(forged.headers["x-correlation-id"])
    lines, _ = log_lines(capfd)
    assert [line["correlation_id"] for line in lines][:2] == [made, "page-17"]
    assert {"at", "service", "event", "method", "path", "status", "milliseconds"} <= set(lines[0])


def test_a_correlation_id_reaches_the_databases_events(
    api: Api, capfd: pytest.CaptureFixture[str]
) -> None:
    template = {"name": "small", "entry_cost": 1, "max_tickets": 4, "max_per_user": 2}
    answers = [
        api.rpc(
            "upsert_pot_template", {**template, "open_pots": n}, token=api.service_key, **headers
        )
        for n, headers in enumerate(
            ({"X-Correlation-Id": "page-17"}, {}, {"X-Correlation-Id": '"; drop'})
        )
    ]
    told = [answer.headers["x-correlation-id"] for answer in answers]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert told[0] == "page-17"
    with api.db.connect() as conn:
        rows = conn.execute(
            "select correlation_id from private.events where kind = 'pot_template_set' order by id"
        ).fetchall()
    assert [row[0] for row in rows] == told
    lines, _ = log_lines(capfd)
    assert [line["correlation_id"] for line in lines if line["event"] == "request"] == told


def test_no_log_line_has_a_body_a_query_or_a_token(
    api: Api, capfd: pytest.CaptureFixture[str]
) -> None:
    session = api.sign_up("private@example.com")
    token = session["access_token"]
    api.rpc("join_pot", {"pot_id": "canary-body", "ticket_count": 1}, token=token)
    api.get("rpc/get_pot?pot_id=canary-query", token=token)
    api.rpc("list_pots", token=hs256({"role": "canary-role", "exp": 60}))
    api.auth("POST", "token?grant_type=refresh_token", {"refresh_token": session["refresh_token"]})
    _, text = log_lines(capfd)
    assert '"status": 400' in text
    for secret in ("canary", token, session["refresh_token"], "private@", PASSWORD):
        assert secret not in text


def test_a_writer_cannot_be_called_by_get(api: Api, game: Game) -> None:
    pot_id = game.pot()
    session = api.sign_up("get@example.com")
    game.fund(uuid.UUID(session["user"]["id"]), 100)
    path = f"rpc/join_pot?pot_id={pot_id}&ticket_count=1"
    refused = api.get(path, token=session["access_token"])
    assert (refused.status_code, refused.json()["code"]) == (405, "25006")
    head = api.http.head(f"/rest/v1/{path}", headers=bearer(session["access_token"]))
    assert head.status_code == 405
    assert api.get("rpc/my_wallet", token=session["access_token"]).json()["balance"] == 100


def test_what_is_not_there_says_so(api: Api) -> None:
    welcome = api.http.get("/")
    assert "development" in welcome.json()["message"]
    assert api.http.get("/health").json() == {"ok": True}
    assert api.http.get("/storage/v1/x").status_code == 404
    assert api.auth("GET", "nothing").status_code == 404
    assert api.auth("DELETE", "signup").status_code == 405
    assert "server" not in welcome.headers


def test_the_database_may_go_and_come_back(db: Database) -> None:
    with running(db, limits=Limits(wait_for_connection=2)) as api:
        assert api.get("rpc/list_pots").status_code == 200
        with db.admin() as conn:
            conn.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )
        assert api.get("rpc/list_pots").status_code == 200
        assert api.sign_up("back@example.com")["access_token"]


# ------------------------------------------------------------------ the command


@pytest.fixture
def command(db: Database, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """`pypot api` on a free port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pypot_cli", "api", "--db", db.url(), "--port", "0"],
        env={k: v for k, v in os.environ.items() if not k.startswith("PYPOT_")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def shown(process: subprocess.Popen[str]) -> dict[str, str]:
    """What the command prints before it serves."""
    assert process.stdout is not None
    lines = (process.stdout.readline() for _ in range(5))
    return dict(line.split(maxsplit=1) for line in map(str.strip, lines))


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_the_command_serves_until_it_is_asked_to_stop(
    command: subprocess.Popen[str], stop: signal.Signals
) -> None:
    said = shown(command)
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", said["url"])
    for _ in range(600):
        try:
            answer = httpx.get(
                f"{said['url']}/rest/v1/rpc/list_pots", headers={"apikey": said["anon_key"]}
            )
            break
        except httpx.ConnectError:
            time.sleep(0.1)
    assert (answer.status_code, answer.json()) == (200, [])
    command.send_signal(stop)
    _, errors = command.communicate(timeout=20)
    assert command.returncode == 0, errors
    assert all(json.loads(line)["service"] for line in errors.splitlines() if line[:1] == "{")
    assert "Traceback" not in errors


def test_the_command_says_what_is_wrong(db: Database) -> None:
    def run(*arguments: str, **env: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "pypot_cli", "api", *arguments],
            env={**os.environ, **env},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return done.returncode, done.stderr

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, text = run("--db", db.url(), "--port", str(taken.getsockname()[1]))
    assert code == 1
    assert "cannot listen" in text
    code, text = run("--db", "postgresql://postgres:secret@127.0.0.1:1/x", "--port", "0")
    assert code == 1
    assert "cannot connect" in text
    assert "secret" not in text
    code, text = run("--db", db.url(), "--port", "0", **{"PYPOT_JWT_SECRET": "short"})
    assert code == 2
    assert "PYPOT_JWT_SECRET" in text
    assert "Traceback" not in text


@pytest.mark.alone
def test_an_answer_is_sent_at_once(api: Api) -> None:
    taken = []
    for _ in range(20):
        began = time.perf_counter()
        assert api.get("rpc/list_pots").status_code == 200
        taken.append(time.perf_counter() - began)
    # Nagle's algorithm against delayed acknowledgements costs 40 ms each time.
    assert min(taken[5:]) < 0.035
