"""A pot from its opening to its checked proof, for who has Supabase's clients and nothing else.

Players, spectators and the operator are supabase-js in Node; the signer is `pypot settle` over
supabase-py. The orchestrator has the database, as it has in production.
"""

import contextlib
import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from pypot_cli import check
from pypot_cli.fairness import signing
from pypot_cli.keys import write_new_secret
from tests.support.api import PASSWORD
from tests.support.database import Database
from tests.support.fixtures import unavailable
from tests.support.packages import MissingProgramError
from tests.support.pooler import Pooled, pooler
from tests.support.preparing import PYPOT, prepare_everything
from tests.support.realtime import Js, Live, live_over

TERMS = {"entry_cost": 10, "max_tickets": 6, "max_per_user": 3, "draw_version": 1}


@pytest.fixture
def js(supabase_js: Path) -> Iterator[Js]:
    """supabase-js."""
    js = Js(supabase_js)
    yield js
    js.close()


@contextlib.contextmanager
def service(
    log: Path, *arguments: str, prepares: bool = False, **environment: str
) -> Iterator[None]:
    """A service as a process, which must end well when it is asked to."""
    pypot = PYPOT if prepares else (sys.executable, "-m", "pypot_cli")
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*pypot, *arguments],
            env={"PATH": os.environ["PATH"], **environment},
            stderr=out,
        )
        try:
            yield
            assert process.poll() is None, log.read_text()
        finally:
            process.terminate()
            assert process.wait(30) == 0, log.read_text()


def must(answer: dict[str, Any]) -> Any:
    """The data of an answer that is no error."""
    assert answer["error"] is None, answer
    return answer["data"]


def sign_up(js: Js, live: Live, name: str, **headers: str) -> str:
    """A player's client, signed up and listening as who it is; the user's id."""
    js.do("client", name=name, url=live.url, key=live.key, headers=headers)
    js.expect(on="done", of="client")
    email = f"{name}@example.com"
    user: str = must(js.ask("signUp", name, email=email, password=PASSWORD))["user"]["id"]
    js.do("setAuth", name=name)
    js.expect(on="done", of="setAuth")
    return user


def catalogue(db: Database) -> dict[str, tuple[str, str]]:
    """Code and hint of each documented error."""
    with db.admin() as conn:
        rows = conn.execute("select token, sqlstate_code, hint from private.error_catalogue()")
        return {token: (code, hint) for token, code, hint in rows}


@pytest.fixture(params=["direct", "pooled", "prepared", "forgetful"])
def door(
    request: pytest.FixtureRequest, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Pooled | None]:
    """A pooler of transactions that everything goes through, or none.

    `prepared`: behind one that follows prepared statements, everything of ours prepares them.
    `forgetful`: after each transaction all that a session has is discarded.
    """
    if request.param == "direct":
        yield None
        return
    prepared = 100 if request.param == "prepared" else 0
    if prepared:
        prepare_everything(monkeypatch)
    try:
        # One server connection a login: whatever one transaction leaves, the next one finds.
        with pooler(
            db, tmp_path, size=1, prepared=prepared, forgets=request.param == "forgetful"
        ) as pooled:
            yield pooled
    except MissingProgramError as error:
        unavailable(str(error))


def assert_nothing_was_left(door: Pooled) -> None:
    """The server connections that everything went through are as new, save what is prepared."""
    for role in ("authenticator", "postgres"):
        with psycopg.connect(door.url(role), autocommit=True, prepare_threshold=None) as conn:
            if door.forgets:
                # Of course: here it is enough that all went well without what a session has.
                conn.execute("set statement_timeout = '1h'")
                assert conn.execute("show statement_timeout").fetchone() != ("1h",)
                continue
            left = conn.execute(
                "select session_user, current_user,"
                " coalesce(current_setting('request.jwt.claims', true), ''),"
                " coalesce(current_setting('request.headers', true), ''),"
                " current_setting('search_path') = (select setting from pg_settings"
                "  where name = 'search_path' and source <> 'session'),"
                " (select count(*) from pg_listening_channels()),"
                " (select count(*) from pg_prepared_statements where name !~ '^PGBOUNCER_'),"
                " (select count(*) from pg_cursors),"
                " (select count(*) from pg_locks"
                "  where pid = pg_backend_pid() and locktype = 'advisory'),"
                " (select count(*) from pg_class where relpersistence = 't')"
            ).fetchone()
        assert left == (role, role, "", "", True, 0, 0, 0, 0, 0)


def test_a_pots_whole_life(db: Database, js: Js, tmp_path: Path, door: Pooled | None) -> None:
    url = db.url() if door is None else door.url()
    prepares = door is not None and door.follows
    orchestrator, signer, _ = (write_new_secret(tmp_path / name) for name in "osm")
    public = {
        "orchestrator": signing.public_key(orchestrator.reveal()).hex(),
        "settlement": signing.public_key(signer.reveal()).hex(),
    }
    with contextlib.ExitStack() as stack:
        live = stack.enter_context(live_over(db, database_url=url, stream_url=db.url()))
        to_signer = (
            {"SUPABASE_URL": live.url, "SUPABASE_KEY": live.key}
            if door is None
            else {"PYPOT_DB_URL": url}
        )
        js.do("client", name="operator", url=live.url, key=live.settings.secret_key)
        js.expect(on="done", of="client")
        for purpose, key in public.items():
            must(js.rpc("operator", "register_signing_key", purpose=purpose, public_key=key))
        stack.enter_context(
            service(
                tmp_path / "signer.log",
                *("settle", "--stock", "5", "--orchestrator-key", public["orchestrator"]),
                prepares=prepares,
                **to_signer,
                PYPOT_SETTLEMENT_KEY=str(tmp_path / "s"),
                PYPOT_SEED_MASTER_KEY=str(tmp_path / "m"),
            )
        )
        stack.enter_context(
            service(
                tmp_path / "orchestrator.log",
                "orchestrate",
                prepares=prepares,
                PYPOT_DB_URL=url,
                PYPOT_ORCHESTRATOR_KEY=str(tmp_path / "o"),
            )
        )

        # Somebody watches the lobby, and a pot appears.
        js.client(live, "spectator")
        assert js.subscribe("pots:lobby", "spectator")["status"] == "SUBSCRIBED"
        must(js.rpc("operator", "upsert_pot_template", name="small", **TERMS))
        pot_id = js.heard("pots:lobby", "created", "spectator")["pot_id"]
        topic = f"pots:{pot_id}"
        assert js.subscribe(topic, "spectator")["status"] == "SUBSCRIBED"
        (listed,) = must(js.rpc("spectator", "list_pots", status="open"))
        assert (listed["id"], listed["tickets_sold"], listed["commit_hash"]) == (pot_id, 0, None)
        tag = listed["commit_tag"]

        # Two sign up, are given credits, and watch their wallets.
        users = {name: sign_up(js, live, name) for name in ("ann", "bob")}
        for name, user in users.items():
            assert js.subscribe(f"wallet:{user}", name)["status"] == "SUBSCRIBED"
            grant = {"user_id": user, "amount": 100, "reason": "welcome", "idempotency_key": name}
            must(js.rpc("operator", "grant_credits", **grant))
            assert js.heard(f"wallet:{user}", "balance", name)["balance"] == 100
        other_wallet = js.subscribe(f"wallet:{users['bob']}", "ann")
        assert other_wallet["status"] == "CHANNEL_ERROR"

        entries = {
            name: must(js.rpc(name, "join_pot", pot_id=pot_id, ticket_count=count))
            for name, count in (("ann", 2), ("bob", 3))
        }
        assert js.heard(topic, "joined", "spectator", tickets_sold=5)["participant_count"] == 2
        js.heard("pots:lobby", "updated", "spectator", id=pot_id)
        back = must(js.rpc("bob", "cancel_entry", entry_id=entries["bob"]["entry_id"]))
        assert back["balance"] == 100
        js.heard(topic, "entry_cancelled", "spectator")
        last = {"pot_id": pot_id, "ticket_count": 3, "idempotency_key": "bob joins"}
        entries["bob"] = must(js.rpc("bob", "join_pot", **last))
        assert must(js.rpc("bob", "join_pot", **last)) == entries["bob"]
        must(js.rpc("ann", "join_pot", pot_id=pot_id, ticket_count=1))

        # Full: locked, attested, drawn and paid, all of it heard.
        locked = js.heard(topic, "locked", "spectator")
        assert (locked["total_tickets"], locked["pot_id"]) == (6, pot_id)
        revealed = js.heard(topic, "revealed", "spectator")
        settled = js.heard(topic, "settled", "spectator")
        assert locked["version"] < revealed["version"] < settled["version"]
        for event in ("locked", "settled"):
            js.heard("pots:lobby", event, "spectator", id=pot_id)
        js.heard("pots:lobby", "created", "spectator", status="open", tickets_sold=0)

        pot = must(js.rpc("spectator", "get_pot", pot_id=pot_id))
        assert pot["status"] == "settled"
        assert pot["fairness"]["commit_tag"] == tag
        balances = {name: must(js.rpc(name, "my_wallet"))["balance"] for name in users}
        assert sorted(balances.values()) == [70, 130]
        winner = max(balances, key=lambda name: balances[name])
        js.heard(f"wallet:{users[winner]}", "balance", winner, balance=130)
        mine = must(js.rpc(winner, "get_pot", pot_id=pot_id))["winner"]
        assert (mine["mine"], mine["prize"]) == (True, 60)
        (loser,) = set(users) - {winner}
        assert must(js.rpc(loser, "get_pot", pot_id=pot_id))["winner"]["mine"] is False
        receipt = must(js.rpc("ann", "my_receipt", entry_id=entries["ann"]["entry_id"]))
        assert (receipt["first_ticket"], receipt["ticket_count"]) == (0, 2)
        assert [leaf["side"] for leaf in receipt["merkle_path"]] == ["right", "right"]

        # Whoever has the proof and the two public keys needs nobody's word.
        proof = must(js.rpc("spectator", "get_proof", pot_id=pot_id))
        (tmp_path / "proof.json").write_text(json.dumps(proof))
        pinned = [part for purpose, key in public.items() for part in (f"--{purpose}-key", key)]
        verified = subprocess.run(
            [sys.executable, "-m", "pypot_cli", "verify", tmp_path / "proof.json", *pinned],
            capture_output=True,
            text=True,
            check=False,
        )
        assert verified.returncode == 0, verified.stdout
        assert (proof["commit_hash"], proof["commit_tag"]) == (locked["commit_hash"], tag)
        chain = must(js.rpc("spectator", "get_audit_chain", pot_id=pot_id))
        assert [row["action"] for row in chain][-5:] == [
            *("locked", "attested", "claimed", "revealed", "settled")
        ]
        assert not any(line["on"] == "failed" for line in js.seen)
    for each in ("signer.log", "orchestrator.log"):
        written = (tmp_path / each).read_text()
        assert not re.search("refused|Traceback", written), written
        assert proof["reveal_seed"] not in written
        assert ("polling_only" in written) is (door is not None)
    if door is not None:
        assert_nothing_was_left(door)
        prepared = "\n".join(door.prepared("authenticator"))
        for function in ("join_pot", "get_pot", "run_due", "attest_lock", "reveal_pot"):
            assert (f'"{function}"(' in prepared) is prepares, prepared
    assert [each.name for each in check.check_database(db.url()) if not each.holds] == []


def test_refusals_arrive_as_errors_with_code_status_details_and_hint(db: Database, js: Js) -> None:
    documented = catalogue(db)

    def refused(name: str, function: str, token: str, details: Any, **arguments: Any) -> None:
        answer = js.rpc(name, function, **arguments)
        code, hint = documented[token]
        assert answer["data"] is None
        assert answer["error"] is not None, answer
        assert answer["status"] == int(code[2:]), answer
        told = {**answer["error"], "details": json.loads(answer["error"]["details"] or "{}")}
        assert told == {"code": code, "message": token, "details": details, "hint": hint}

    with live_over(db) as live:
        js.do("client", name="operator", url=live.url, key=live.settings.secret_key)
        js.expect(on="done", of="client")
        users = {name: sign_up(js, live, name) for name in ("ann", "bob")}
        abroad = sign_up(js, live, "cyd", **{"cf-ipcountry": "QQ"})
        for user in (users["ann"], abroad):
            grant = {"user_id": user, "amount": 95, "reason": "a test", "idempotency_key": user}
            must(js.rpc("operator", "grant_credits", **grant))
        ids = [f"3f0e6a52-9c1d-4b7a-8e25-d1c0ffee000{n}" for n in range(3)]
        pairs = [{"pot_id": each, "commit_hash": f"{n:064x}"} for n, each in enumerate(ids, 1)]
        must(js.rpc("operator", "add_commitments", commitments=pairs))
        small, large, paused = ids
        for pot_id, tickets in ((small, 4), (large, 50), (paused, 4)):
            terms = {**TERMS, "max_tickets": tickets, "max_per_user": 4, "pot_id": pot_id}
            must(js.rpc("operator", "create_pot", **terms))
        # Not bob: who acts for compliance does not play.
        with db.as_role("pot_compliance", {"sub": str(uuid.uuid4())}) as conn:
            conn.execute("select public.pause_pot(%s, 'a look')", [paused])
            conn.execute(
                "select public.set_guard_rail("
                "'global', null, 'blocked_regions', '[\"QQ\"]', 'a test')"
            )

        def join(pot_id: str, count: int, key: str | None = None) -> dict[str, Any]:
            return {"pot_id": pot_id, "ticket_count": count, "idempotency_key": key}

        unknown = "3f0e6a52-9c1d-4b7a-8e25-d1c0ffee0009"
        refused("ann", "get_pot", "pot_not_found", {}, pot_id=unknown)
        refused("ann", "join_pot", "pot_not_found", {}, **join(unknown, 1))
        refused("ann", "join_pot", "invalid_ticket_count", {"ticket_count": 0}, **join(small, 0))
        short = {"balance": 0, "cost": 10}
        refused("bob", "join_pot", "insufficient_credits", short, **join(small, 1))
        cap = {"max_per_user": 4, "held": 0, "left": 4}
        refused("ann", "join_pot", "ticket_cap_exceeded", cap, **join(large, 5))
        refused("ann", "join_pot", "pot_paused", {}, **join(paused, 1))
        # Returned and committed, with its record; an error to the client like any other.
        refused("cyd", "join_pot", "region_blocked", {}, **join(small, 1))
        with db.admin() as conn:
            kept = conn.execute("select count(*) from private.events where kind = 'join_refused'")
            assert kept.fetchone() == (1,)

        must(js.rpc("ann", "join_pot", **join(small, 4, "all")))
        refused("ann", "join_pot", "idempotency_key_reused", {}, **join(large, 1, "all"))
        refused("ann", "cancel_entry", "entry_not_found", {}, entry_id=unknown)
        unready = {
            "locks_at": must(js.rpc("bob", "get_pot", pot_id=large))["locks_at"],
            "max_tickets": 50,
            "tickets_sold": 0,
        }
        refused("operator", "lock_pot", "not_ready_to_lock", unready, pot_id=large)

        with db.admin() as conn:
            conn.execute(
                "update auth.users set banned_until = 'infinity' where id = %s", [users["ann"]]
            )
        refused("ann", "join_pot", "account_blocked", {}, **join(large, 1))

        js.client(live, "visitor")
        must(js.ask("signInAnonymously", "visitor"))
        refused("visitor", "join_pot", "not_allowed", {}, **join(large, 1))

        js.client(live, "spectator")
        answer = js.rpc("spectator", "join_pot", **join(large, 1))
        assert (answer["status"], answer["error"]["code"]) == (401, "42501")
        answer = js.rpc("ann", "lock_pot", pot_id=large)
        assert (answer["status"], answer["error"]["code"]) == (403, "42501")
        answer = js.rpc("ann", "join_pot", pot_id="no uuid", ticket_count=1)
        assert (answer["status"], answer["error"]["code"]) == (400, "22P02")
