"""The orchestrator and the signer sign what they can recompute and nothing else, and survive."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from pypot_cli import check, service
from pypot_cli.errors import PypotError
from pypot_cli.fairness import signing
from pypot_cli.keys import Secret, new_secret, write_new_secret
from pypot_cli.rpc import ANON, Api, Caller, RpcError, login_url, player
from pypot_cli.seed_store import SeedStore
from pypot_cli.settlement import signer
from tests.support.database import Database
from tests.support.later import set_retries_ahead
from tests.support.lived import ORCHESTRATOR, SETTLEMENT, Game


@pytest.fixture
def game(db: Database) -> Iterator[Game]:
    played = Game(db)
    with played.api:
        played.settlement.round()
        yield played


def locked_pot(game: Game) -> str:
    """A pot that is full and locked, and not attested."""
    pot_id = game.pot()
    game.fill(pot_id, game.users(3))
    game.api.call(ORCHESTRATOR, "lock_pot", pot_id=pot_id)
    return pot_id


def status(game: Game, pot_id: str) -> str:
    found: str = game.api.call(ANON, "get_pot", pot_id=pot_id)["status"]
    return found


def actions(game: Game, pot_id: str) -> list[str]:
    return [row["action"] for row in game.api.rows(ANON, "get_audit_chain", pot_id=pot_id)]


def alter_entry(game: Game, pot_id: str) -> None:
    """What a superuser may do: give an entry of a locked pot to somebody else."""
    with game.db.admin() as conn:
        conn.execute("alter table public.pot_entries disable trigger all")
        conn.execute(
            "update public.pot_entries set entrant_tag = repeat('ab', 32)"
            " where pot_id = %s and first_ticket = 0",
            [pot_id],
        )


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


# ------------------------------------------------------------------------------- orchestrator


def test_a_lock_left_unattested_by_a_crash_is_attested_by_the_next_round(game: Game) -> None:
    pot_id = locked_pot(game)
    assert game.orchestrator.round() == 2  # scanned for fraud, and attested
    assert actions(game, pot_id) == ["created", "locked", "attested"]
    # Another process begins knowing nothing, and finds nothing left to do.
    assert game.make_orchestrator(game.orchestrator_key).round() == 0
    assert game.make_orchestrator(new_secret()).round() == 0


def test_a_round_rotates_locks_and_attests(game: Game) -> None:
    terms = {"entry_cost": 1, "max_tickets": 10, "max_per_user": 4}
    game.api.call(ORCHESTRATOR, "upsert_pot_template", name="small", open_pots=2, **terms)
    assert game.orchestrator.round() == 2
    assert game.orchestrator.round() == 0
    pot_id = game.api.rows(ANON, "list_pots", status="open")[0]["id"]
    game.fill(pot_id, game.users(3))
    assert game.orchestrator.round() == 4  # locked, replaced, attested and scanned
    assert game.orchestrator.round() == 0
    assert game.settlement.round() > 0
    assert status(game, pot_id) == "settled"


def test_the_orchestrator_does_not_sign_a_lock_whose_entries_differ(
    game: Game, capsys: pytest.CaptureFixture[str]
) -> None:
    pot_id = locked_pot(game)
    alter_entry(game, pot_id)
    capsys.readouterr()
    assert game.orchestrator.round() == 1  # scanned, which is not to sign
    assert game.orchestrator.refusals == 1
    (refusal,) = (line for line in logged(capsys) if line["event"] == "attest_refused")
    assert refusal["pot_id"] == pot_id
    assert "the entries have the root" in refusal["why"][0]
    assert "attested" not in actions(game, pot_id)


def register(game: Game, purpose: str, key: Secret) -> None:
    game.api.call(
        Caller("service_role"),
        "register_signing_key",
        purpose=purpose,
        public_key=signing.public_key(key.reveal()).hex(),
    )


def test_an_orchestrator_signs_again_once_its_key_is_registered(
    game: Game, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pot_id = locked_pot(game)
    key = new_secret()
    late = game.make_orchestrator(key)
    capsys.readouterr()
    late.round()
    (refusal,) = (line for line in logged(capsys) if line["event"] == "attest_refused")
    assert refusal["public_key"] == signing.public_key(key.reveal()).hex()
    assert refusal["retry_seconds"] == 5
    assert "keys register --purpose orchestrator" in refusal["hint"]
    register(game, "orchestrator", key)
    assert "attested" not in actions(game, pot_id)
    set_retries_ahead(monkeypatch, 5)
    assert late.round() == 1
    assert actions(game, pot_id) == ["created", "locked", "attest_rejected", "attested"]
    assert late.round() == 0


def test_an_orchestrator_with_an_unknown_key_is_refused_and_does_not_insist(game: Game) -> None:
    pot_id = locked_pot(game)
    stranger = game.make_orchestrator(new_secret())
    assert (stranger.round(), stranger.round()) == (1, 0)  # it may scan
    assert actions(game, pot_id) == ["created", "locked", "attest_rejected"]
    assert game.orchestrator.round() == 1


# --------------------------------------------------------------------------------- settlement


def test_the_stock_is_kept_and_does_not_grow(game: Game) -> None:
    def stock() -> int:
        with game.db.connect() as conn:
            row = conn.execute(
                "select count(*) from private.commitments where used_at is null"
            ).fetchone()
        assert row is not None
        return int(row[0])

    assert stock() == 20
    game.settlement.round()
    game.make_settlement(stock=20).round()
    assert stock() == 20
    for _ in range(3):
        game.pot()
    assert stock() == 17
    game.make_settlement(stock=20).round()
    assert stock() == 20


def test_what_the_signer_cannot_vouch_for_it_does_not_reveal(
    game: Game, capsys: pytest.CaptureFixture[str]
) -> None:
    altered, good, too = locked_pot(game), locked_pot(game), locked_pot(game)
    game.orchestrator.round()
    alter_entry(game, altered)
    capsys.readouterr()
    # The refused pot's lease is the signer's own, and yet it keeps nobody else waiting.
    assert game.settlement.round() == 2 + 3  # two settled, three commitments replaced
    assert game.settlement.round() == 0
    assert [status(game, each) for each in (altered, good, too)] == [
        "settling",
        "settled",
        "settled",
    ]
    (refusal,) = (line for line in logged(capsys) if line["event"] == "reveal_refused")
    assert refusal["pot_id"] == altered
    assert game.settlement.refusals == 1
    assert "revealed" not in actions(game, altered)


def test_the_signer_reveals_for_pinned_orchestrators_only(game: Game) -> None:
    pot_id = locked_pot(game)
    game.orchestrator.round()
    stranger = game.make_settlement(pinned=(signing.public_key(new_secret().reveal()),))
    assert (stranger.round(), stranger.refusals) == (0, 1)
    assert status(game, pot_id) == "settling"
    pinned = game.make_settlement(pinned=(signing.public_key(game.orchestrator_key.reveal()),))
    assert (pinned.round(), pinned.refusals) == (1, 0)
    assert status(game, pot_id) == "settled"


def test_a_signer_with_another_master_key_sends_no_seed(game: Game) -> None:
    pot_id = locked_pot(game)
    game.orchestrator.round()
    other = game.make_settlement(master_key=new_secret())
    assert (other.round(), other.refusals) == (0, 1)
    assert "reveal_rejected" not in actions(game, pot_id)


def test_a_signer_with_an_unknown_key_is_refused_and_does_not_insist(game: Game) -> None:
    pot_id = locked_pot(game)
    game.orchestrator.round()
    stranger = game.make_settlement(key=new_secret())
    assert (stranger.round(), stranger.round()) == (0, 0)
    assert actions(game, pot_id).count("reveal_rejected") == 1
    assert status(game, pot_id) == "settling"


def test_a_signer_reveals_after_all_once_its_key_is_registered(
    game: Game, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Registering a key ends what it was refused for, without a restart and before the refund."""
    pot_id = locked_pot(game)
    game.orchestrator.round()
    key = new_secret()
    late = game.make_settlement(key=key)
    capsys.readouterr()
    assert (late.round(), late.refusals) == (0, 1)
    (refusal,) = (line for line in logged(capsys) if line["event"] == "reveal_refused")
    assert "invalid_signature" in refusal["why"][0]
    assert refusal["public_key"] == signing.public_key(key.reveal()).hex()
    assert refusal["retry_seconds"] == 5
    assert "keys register --purpose settlement" in refusal["hint"]
    # Not at once, and each time later: every try is a row of the pot's chain.
    assert (late.round(), late.refusals) == (0, 1)
    set_retries_ahead(monkeypatch, 5)
    assert (late.round(), late.refusals) == (0, 2)
    (refusal,) = (line for line in logged(capsys) if line["event"] == "reveal_refused")
    assert refusal["retry_seconds"] == 10
    assert actions(game, pot_id).count("reveal_rejected") == 2

    register(game, "settlement", key)
    set_retries_ahead(monkeypatch, 5 + 10)
    assert (late.round(), late.refusals) == (1, 2)
    assert status(game, pot_id) == "settled"
    # It takes whatever is due again, as before.
    other = locked_pot(game)
    game.orchestrator.round()
    late.round()
    late.round()
    assert status(game, other) == "settled"
    assert actions(game, other).count("reveal_rejected") == 0


def test_what_is_put_off_is_tried_ever_more_seldom() -> None:
    pots = service.PutOff("settlement", new_secret())
    assert not pots
    assert not pots.waits("a")
    seconds = [pots.add("a")["retry_seconds"] for _ in range(8)]
    assert seconds == [5, 10, 20, 40, 80, 160, 300, 300]
    assert pots
    assert pots.waits("a")
    assert not pots.waits("b")
    assert pots.add("b")["retry_seconds"] == 5
    pots.keep({"b", "c"})
    assert not pots.waits("a")
    assert pots.add("a")["retry_seconds"] == 5


def lease_of(game: Game, lease: str) -> None:
    """Set how long a claimed pot is its signer's."""
    with game.db.admin() as conn:
        conn.execute("update private.settings set claim_lease = %s where only_row", [lease])


def test_a_claimed_pot_is_one_signers_until_its_lease_ends(game: Game) -> None:
    assert signer() != signer()
    assert signer("a") == signer("a") != signer("b")
    first, again = (game.make_settlement(caller=signer("a")) for _ in range(2))
    other = game.make_settlement(caller=signer())
    lease_of(game, "1 hour")
    left, dropped = locked_pot(game), locked_pot(game)
    game.orchestrator.round()
    # It dies here.
    assert first._claim(pot_id=left) is not None
    assert first._claim(pot_id=dropped) is not None
    assert other.round() == 0
    lease_of(game, "10 milliseconds")
    # Back by its name it has both at once, and renews the lease of the one that it names.
    assert again._claim(pot_id=dropped) is not None
    time.sleep(0.1)
    assert other.round() == 1
    assert [status(game, left), status(game, dropped)] == ["settling", "settled"]
    assert again.round() == 1
    claims = actions(game, dropped).count("claimed"), actions(game, left).count("claimed")
    assert claims == (2, 1)
    assert status(game, left) == "settled"


def test_a_pot_that_one_signer_refuses_goes_to_another(game: Game) -> None:
    pot_id = locked_pot(game)
    game.orchestrator.round()
    lease_of(game, "1 second")
    unable = game.make_settlement(master_key=new_secret(), caller=signer())
    able = game.make_settlement(caller=signer())
    assert (unable.round(), unable.refusals) == (0, 1)
    began = time.monotonic()
    while not able.round():
        # It goes on working, and does not hold on to what it refused.
        assert unable.round() == 0
        assert time.monotonic() - began < 30
        time.sleep(0.05)
    assert status(game, pot_id) == "settled"
    assert unable.refusals == 1


def test_a_pot_voided_while_the_signer_held_it_is_left_alone(game: Game) -> None:
    pot_id = locked_pot(game)
    game.orchestrator.round()
    claim = game.api.call(SETTLEMENT, "claim_settlement")
    with game.db.as_role("pot_compliance", {"sub": str(uuid.uuid4())}) as conn:
        conn.execute("select public.void_pot(%s, 'a reason')", [pot_id])
    assert game.settlement._reveal(claim) == 0
    assert game.settlement.refusals == 0
    assert status(game, pot_id) == "cancelled"


def test_a_lost_seed_keeps_nobody_else_waiting_and_is_refunded_in_public(
    game: Game, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = SeedStore(tmp_path / "seeds", new_secret())
    signer = game.make_settlement(vault=store, stock=25)
    # Five besides the twenty that there are; the store's come after them, its probe first.
    assert signer.round() == 4
    for _ in range(21):
        game.pot()
    lost, altered, good = (locked_pot(game) for _ in range(3))
    game.orchestrator.round()
    (tmp_path / "seeds" / f"{lost}.seed").unlink()
    (tmp_path / "seeds" / f"{altered}.seed").write_bytes(b"?" * 60)
    capsys.readouterr()
    signer = game.make_settlement(vault=SeedStore(tmp_path / "seeds", store._key))
    assert (signer.round(), signer.round(), signer.refusals) == (1, 0, 2)
    assert status(game, good) == "settled"
    refusals = [line for line in logged(capsys) if line["event"] == "reveal_refused"]
    assert {line["pot_id"]: line["why"] for line in refusals} == {
        lost: ["its seed is not in the store"],
        altered: ["its seed's file was altered, or is another key's"],
    }

    with game.db.admin() as conn:
        conn.execute("update private.settings set reveal_timeout = '1 second' where only_row")
    time.sleep(1.1)
    assert game.orchestrator.round() == 2
    for pot_id in (lost, altered):
        proof = game.api.call(ANON, "get_proof", pot_id=pot_id)
        assert (proof["status"], proof["cause"]) == ("cancelled", "reveal_overdue")
    assert signer.round() == 0
    broken = [each.name for each in check.check_database(game.db.url()) if not each.holds]
    assert broken == []


# ------------------------------------------------------------------------------ the database


def test_a_lost_connection_is_made_again(game: Game) -> None:
    pot_id = locked_pot(game)
    with game.db.admin() as conn:
        conn.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and usename = 'authenticator'"
        )
    assert game.orchestrator.round() == 2
    assert actions(game, pot_id)[-1] == "attested"


def test_a_seed_is_in_no_statement_and_no_log_of_the_server(game: Game) -> None:
    log = game.db.cluster.data_dir / "server.log"
    with game.db.admin() as conn:
        conn.execute("alter role authenticator set log_statement = 'all'")
    try:
        game.api.close()
        pot_id = locked_pot(game)
        before = log.stat().st_size
        game.orchestrator.round()
        game.settlement.round()
    finally:
        with game.db.admin() as conn:
            conn.execute("alter role authenticator reset log_statement")
    assert status(game, pot_id) == "settled"
    written = log.read_bytes()[before:]
    assert b'public."reveal_pot"("pot_id" => $1' in written
    assert game.seed_of(pot_id).reveal().hex().encode() not in written


def test_documented_errors_are_typed_whether_raised_or_returned(game: Game) -> None:
    (user,) = game.users(1, balance=5)
    pot_id = game.pot()
    with pytest.raises(RpcError) as raised:
        game.join(pot_id, user, 1)
    assert (raised.value.code, raised.value.token) == ("PT402", "insufficient_credits")
    assert raised.value.details == {"balance": 5, "cost": 10}
    assert not raised.value.recorded

    full = locked_pot(game)
    game.orchestrator.round()
    game.api.call(SETTLEMENT, "claim_settlement")
    with pytest.raises(RpcError) as returned:
        game.api.call(
            SETTLEMENT,
            "reveal_pot",
            pot_id=full,
            reveal_seed="11" * 32,
            settlement_signature="22" * 64,
        )
    assert (returned.value.token, returned.value.recorded) == ("reveal_mismatch", True)


def test_values_are_cast_as_the_api_casts_them(game: Game) -> None:
    (user,) = game.users(1)
    pot_id = game.pot()
    for count, sqlstate in ((2**31, "22003"), ("many", "22P02"), (1.5, "22P02")):
        with pytest.raises(psycopg.DataError) as error:
            game.api.call(player(user), "join_pot", pot_id=pot_id, ticket_count=count)
        assert error.value.sqlstate == sqlstate


def test_a_login_that_may_not_become_the_role_is_told_so(game: Game) -> None:
    with game.db.admin() as conn:
        conn.execute("drop role if exists nobody_in_particular")
        conn.execute("create role nobody_in_particular login password 'postgres'")
    try:
        game.api.close()
        game.api = Api(game.db.url("nobody_in_particular"))
        with (
            game.api,
            pytest.raises(PypotError, match="may not become pot_orchestrator"),
        ):
            game.make_orchestrator(game.orchestrator_key).round()
    finally:
        with game.db.admin() as conn:
            conn.execute("drop role nobody_in_particular")


def test_only_role_postgres_is_exchanged_for_the_authenticator() -> None:
    assert login_url("postgresql://postgres:s%40@h:1/d") == "postgresql://authenticator:s%40@h:1/d"
    assert login_url("postgresql://signer:s@h:1/d") == "postgresql://signer:s@h:1/d"


# ------------------------------------------------------------------------------ the commands


def start(db: Database, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "pypot_cli", *arguments],
        env={"PATH": os.environ["PATH"], "PYPOT_DB_URL": db.url(), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    ("command", "variable"),
    [("orchestrate", "PYPOT_ORCHESTRATOR_KEY"), ("settle", "PYPOT_SETTLEMENT_KEY")],
)
def test_a_service_without_its_key_says_which_and_ends_with_2(
    db: Database, command: str, variable: str
) -> None:
    process = start(db, command, "--once")
    out, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert out == ""
    assert (
        err == f"pypot: set {variable} to the path of a key file, to env:NAME or to cmd:COMMAND\n"
    )


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_a_service_ends_with_0_when_asked_and_shows_no_secret(
    db: Database, tmp_path: Path, asked: signal.Signals
) -> None:
    secret, master = (write_new_secret(tmp_path / name) for name in ("key", "master"))
    process = start(
        db,
        "settle",
        "--stock",
        "3",
        "--poll",
        "0.05",
        PYPOT_SETTLEMENT_KEY=str(tmp_path / "key"),
        PYPOT_SEED_MASTER_KEY=str(tmp_path / "master"),
    )
    assert process.stderr is not None
    lines: list[str] = []
    while not lines or json.loads(lines[-1])["event"] != "minted":
        lines.append(process.stderr.readline())
    process.send_signal(asked)
    began = time.monotonic()
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert time.monotonic() - began < 25
    lines += err.splitlines()
    assert json.loads(lines[-1])["event"] == "stopped"
    for each in (secret, master):
        assert each.reveal().hex() not in "".join(lines) + out


def test_seeds_mint_adds_to_the_stock_what_the_signer_can_reveal(
    game: Game, tmp_path: Path
) -> None:
    game.master_key = write_new_secret(tmp_path / "master")
    process = start(
        game.db, "seeds", "mint", "1200", PYPOT_SEED_MASTER_KEY=str(tmp_path / "master")
    )
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "1200 commitments added; 1220 in stock\n", "")
    for _ in range(20):
        game.pot()
    pot_id = locked_pot(game)  # opened on the twenty-first commitment, the command's first
    game.orchestrator.round()
    assert game.make_settlement(master_key=game.master_key).round() == 1
    assert status(game, pot_id) == "settled"


def test_minted_seeds_are_kept_where_the_signer_finds_them(game: Game, tmp_path: Path) -> None:
    store, key = tmp_path / "seeds", tmp_path / "key"
    write_new_secret(key)
    write_new_secret(tmp_path / "signs")
    keys = {"PYPOT_SEED_STORE_KEY": str(key), "PYPOT_SETTLEMENT_KEY": str(tmp_path / "signs")}
    process = start(game.db, "seeds", "mint", "30", "--store", str(store), **keys)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "30 commitments added; 50 in stock\n", "")
    assert len(list(store.glob("*.seed"))) == 30
    settles = ("settle", "--once", "--stock", "60", "--seed-store", str(store))
    process = start(game.db, *settles, **keys)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert len(list(store.glob("*.seed"))) == 30 + 9

    write_new_secret(tmp_path / "another")
    wrong = {**keys, "PYPOT_SEED_STORE_KEY": str(tmp_path / "another")}
    process = start(game.db, *settles, **wrong)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (2, f"pypot: {store} was made with another key\n")


def test_once_ends_with_1_when_something_was_refused(game: Game, tmp_path: Path) -> None:
    locked_pot(game)
    write_new_secret(tmp_path / "another")
    process = start(
        game.db, "orchestrate", "--once", PYPOT_ORCHESTRATOR_KEY=str(tmp_path / "another")
    )
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "invalid_signature" in err
    assert json.loads(err.splitlines()[-1]) | {"at": ""} == {
        "at": "",
        "service": "orchestrate",
        "event": "stopped",
        "refusals": 1,
    }
