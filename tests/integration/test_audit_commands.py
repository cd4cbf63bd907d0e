"""Checkpoints by command: signed, cosigned by a witness in a process of its own, and published."""

import http.server
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from pypot_cli.fairness import note, tlog
from pypot_cli.keys import write_new_secret
from pypot_cli.rpc import ANON
from tests.support.database import Database
from tests.support.lived import ORCHESTRATOR, Game
from tests.support.witness import RunningWitness, vkey_of_log, witness

ORIGIN = "log.example/pots"


class Operator:
    """A database with a log of a known name, and the commands of its operator."""

    def __init__(self, db: Database, directory: Path) -> None:
        self.game = Game(db)
        self.game.settlement.round()
        self.directory = directory
        self.key = write_new_secret(directory / "log.key")
        self.vkey = vkey_of_log(ORIGIN, self.key)
        with db.connect() as conn:
            conn.execute("update private.settings set log_origin = %s where only_row", [ORIGIN])
        self.game.pot()

    def run(
        self, *arguments: str, db: Database | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pypot_cli", "audit", *arguments],
            env={
                "PATH": os.environ["PATH"],
                "PYPOT_DB_URL": (db or self.game.db).url(),
                "PYPOT_LOG_KEY": str(self.directory / "log.key"),
                **environment,
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def checkpoint(self, *arguments: str, db: Database | None = None) -> dict[str, Any]:
        done = self.run("checkpoint", "--json", *arguments, db=db)
        assert done.returncode == 0, done.stderr
        made: dict[str, Any] = json.loads(done.stdout)
        return made

    def stored(self) -> dict[str, Any]:
        found: dict[str, Any] = self.game.api.call(ANON, "get_checkpoint")
        return found


@pytest.fixture
def operator(db: Database, tmp_path: Path) -> Iterator[Operator]:
    made = Operator(db, tmp_path)
    with made.game.api:
        yield made


@pytest.fixture
def watcher(operator: Operator, tmp_path: Path) -> Iterator[RunningWitness]:
    with witness(tmp_path, operator.vkey) as running:
        yield running


def test_a_checkpoint_is_signed_cosigned_and_published(
    operator: Operator, watcher: RunningWitness, tmp_path: Path
) -> None:
    file, copy, command = tmp_path / "checkpoint", tmp_path / "copy", tmp_path / "by-command"
    to = ("--to", str(file), "--to", f"{copy}/", "--to", f"cmd:tee {command}")
    for size in (1, 2, 3):
        made = operator.checkpoint(*to, "--witness", watcher.url)
        assert (made["size"], made["cosignatures"], made["problems"]) == (size, 1, [])
        assert made["vkey"] == str(operator.vkey)
        read = note.read_note(file.read_bytes())
        assert tlog.read_checkpoint(read.text).root.hex() == made["root"]
        assert note.is_signed(read, operator.vkey)
        seen_at = note.cosigned_at(read, watcher.vkey)
        assert seen_at is not None
        assert abs(seen_at - time.time()) < 60
        published = [(copy / "checkpoint").read_text(), command.read_text()]
        assert published == [str(read)] * 2
        assert operator.stored()["note"] == str(read)
        kept = ("--checkpoint", str(file), "--tiles", str(copy), "--log-key", str(operator.vkey))
        done = operator.run("verify", *kept)
        assert (done.returncode, done.stderr) == (0, "")
        operator.game.pot()


def test_a_checkpoint_again_fetches_what_was_missing(operator: Operator, tmp_path: Path) -> None:
    done = operator.run("checkpoint", "--witness", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert "cannot be reached" in done.stderr
    assert operator.stored()["cosignatures"] == 0
    with witness(tmp_path, operator.vkey) as running:
        first = operator.checkpoint("--witness", running.url)
        assert (first["size"], first["cosignatures"]) == (1, 1)
        note_before = operator.stored()["note"]
        time.sleep(1.1)
        assert operator.checkpoint("--witness", running.url)["cosignatures"] == 1
        # The first time that a witness saw it is what counts.
        assert operator.stored()["note"] == note_before


def test_a_witness_refuses_a_rollback_and_a_fork(
    operator: Operator, watcher: RunningWitness, tmp_path: Path
) -> None:
    operator.game.api.close()
    older = copied(operator.game.db, "older")
    operator.game.pot()
    file, copy = tmp_path / "checkpoint", tmp_path / "copy"
    operator.checkpoint("--witness", watcher.url, "--to", str(file), "--to", f"{copy}/")
    published = file.read_bytes(), (copy / "checkpoint").read_bytes()

    done = operator.run("checkpoint", "--witness", watcher.url, db=older)
    assert done.returncode == 1
    assert "is the database an older copy?" in done.stderr
    with older.connect() as conn:
        for times, why in ((1, "another root at this size"), (3, "is not the beginning of it")):
            conn.execute(
                "select private.append_audit(id, 'claimed', null, '{}') from public.pots,"
                " generate_series(1, %s)",
                [times],
            )
            done = operator.run("checkpoint", "--witness", watcher.url, db=older)
            assert done.returncode == 1
            assert why in done.stderr
    # Its own publications stop it before it signs anything.
    for to in (str(file), f"{copy}/"):
        done = operator.run("checkpoint", "--to", to, db=older)
        assert done.returncode == 1
        assert "rewritten since; nothing was signed" in done.stderr
    assert (file.read_bytes(), (copy / "checkpoint").read_bytes()) == published
    with psycopg.connect(older.cluster.admin_url(), autocommit=True) as conn:
        conn.execute(sql.SQL("drop database {}").format(sql.Identifier(older.name)))


def copied(db: Database, name: str) -> Database:
    with psycopg.connect(db.cluster.admin_url(), autocommit=True) as conn:
        conn.execute(
            sql.SQL("create database {} template {} owner postgres").format(
                sql.Identifier(f"{db.name}_{name}"), sql.Identifier(db.name)
            )
        )
    return Database(db.cluster, db.major, f"{db.name}_{name}")


def test_a_checkpoint_is_put_to_an_address(operator: Operator) -> None:
    received: list[bytes] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204 if self.path == "/log" else 500)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        operator.checkpoint("--to", f"{address}/log")
        assert received == [operator.stored()["note"].encode()]
        done = operator.run("checkpoint", "--to", f"{address}/other")
        assert (done.returncode, "answered 500" in done.stderr) == (1, True)
        server.shutdown()


def test_one_destination_that_fails_stops_no_other(operator: Operator, tmp_path: Path) -> None:
    (tmp_path / "no-directory").write_text("")
    (tmp_path / "no-checkpoint").write_text("a note\n")
    to = [str(tmp_path / "no-directory" / "x"), str(tmp_path / "no-checkpoint"), "cmd:false"]
    good = tmp_path / "good"
    arguments = [word for each in (*to, str(good)) for word in ("--to", each)]
    done = operator.run("checkpoint", *arguments)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 3, done.stderr
    assert good.read_text() == operator.stored()["note"]
    assert (tmp_path / "no-checkpoint").read_text() == "a note\n"


def test_verification_goes_on_where_it_ended(operator: Operator, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    operator.checkpoint("--to", str(tmp_path / "first"))
    for known, new in ((0, 1), (1, 0), (1, 2)):
        for _ in range(new if known else 0):
            operator.game.pot()
        operator.checkpoint("--to", str(tmp_path / "checkpoint"))
        kept = ("--checkpoint", str(tmp_path / "checkpoint"))
        first = ("--checkpoint", str(tmp_path / "first"))
        done = operator.run("verify", "--json", "--state", str(state), *kept, *first)
        assert done.returncode == 0, done.stdout
        assert (report := json.loads(done.stdout))["verified"] == new
        assert report["size"] == known + new
    state.write_text("{}")
    assert operator.run("verify", "--state", str(state)).returncode == 2


def test_what_cannot_be_read_ends_with_2(operator: Operator, tmp_path: Path) -> None:
    (tmp_path / "none").write_text("x")
    other = note.VerifierKey("a", note.ED25519, operator.vkey.public_key)
    for arguments in (
        ("verify", "--checkpoint", str(tmp_path / "missing")),
        ("verify", "--checkpoint", str(tmp_path / "none")),
        ("verify", "--tiles", str(tmp_path)),
        ("verify", "--log-key", "no vkey"),
        ("verify", "--db", "postgresql://nobody@127.0.0.1:9/none"),
    ):
        done = operator.run(*arguments)
        assert done.returncode == 2, arguments
        assert done.stderr.startswith("pypot: ")
        assert len(done.stderr.splitlines()) == 1
    assert operator.run("checkpoint", PYPOT_LOG_KEY="env:NONE").returncode == 2
    operator.checkpoint("--to", str(tmp_path / "good"))
    done = operator.run("verify", "--checkpoint", str(tmp_path / "good"), "--log-key", str(other))
    assert (done.returncode, "unsigned" in done.stdout) == (1, True)


def test_an_orchestrator_makes_checkpoints_as_pots_go_on(
    operator: Operator, watcher: RunningWitness, tmp_path: Path
) -> None:
    game = operator.game
    process = orchestrate(operator, "1", "--publish", f"{tmp_path}/copy/", "--witness", watcher.url)
    try:
        pot_id = game.pot()
        game.fill(pot_id, game.users(3))
        settled = False
        deadline = time.monotonic() + 60
        while not (settled and is_covered(operator)):
            assert time.monotonic() < deadline
            game.settlement.round()
            settled = game.api.call(ANON, "get_pot", pot_id=pot_id)["status"] == "settled"
            time.sleep(0.1)
    finally:
        process.terminate()
        _, err = process.communicate(timeout=30)
    assert process.returncode == 0
    events = [json.loads(line) for line in err.splitlines()]
    assert {each["event"] for each in events if each["event"].startswith("checkpoint")} == {
        "checkpoint"
    }
    done = operator.run("verify", "--tiles", f"{tmp_path}/copy")
    assert done.returncode == 0, done.stdout
    assert operator.key.reveal().hex() not in err


def test_a_lock_of_draw_2_reaches_a_witness_at_once(
    operator: Operator, watcher: RunningWitness
) -> None:
    game = operator.game
    process = orchestrate(operator, "3600", "--witness", watcher.url)
    try:
        wait_for_cosigned(operator, 1)  # the first one, after which the timer has an hour to go
        pot_id = game.pot(draw_version=2)
        game.fill(pot_id, game.users(3))
        with game.db.connect() as conn:
            wait_for_cosigned(operator, 3)
            ((leaf, size),) = conn.execute(
                "select l.leaf_index, private.log_size() from private.log_leaves as l"
                " inner join public.pots_audit as a on l.audit_id = a.id"
                " where a.pot_id = %s and a.action = 'locked'",
                [pot_id],
            ).fetchall()
        assert leaf < size
    finally:
        process.terminate()
        process.communicate(timeout=30)


def wait_for_cosigned(operator: Operator, size: int) -> None:
    """Wait until a checkpoint of at least that size is cosigned."""
    deadline = time.monotonic() + 60
    latest = None
    while not (latest and latest["size"] >= size and latest["cosignatures"] == 1):
        assert time.monotonic() < deadline
        time.sleep(0.05)
        latest = operator.stored()


def orchestrate(operator: Operator, every: str, *arguments: str) -> subprocess.Popen[str]:
    """The orchestrator in a process, with checkpoints."""
    file = operator.directory / "orchestrator.key"
    file.write_text(operator.game.orchestrator_key.reveal().hex())
    file.chmod(0o600)
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "pypot_cli", "orchestrate"),
            *("--checkpoint-every", every, *arguments),
        ],
        env={
            "PATH": os.environ["PATH"],
            "PYPOT_DB_URL": operator.game.db.url(),
            "PYPOT_LOG_KEY": str(operator.directory / "log.key"),
            "PYPOT_ORCHESTRATOR_KEY": str(file),
        },
        stderr=subprocess.PIPE,
        text=True,
    )


def is_covered(operator: Operator) -> bool:
    """Whether a cosigned checkpoint holds every audit row there is."""
    with operator.game.db.connect() as conn:
        ((rows,),) = conn.execute("select count(*) from public.pots_audit").fetchall()
    latest = operator.game.api.call(ORCHESTRATOR, "get_checkpoint")
    return bool(latest and latest["size"] == rows and latest["cosignatures"] == 1)
