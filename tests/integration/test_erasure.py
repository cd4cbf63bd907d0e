"""After a person is forgotten everything that can be verified still is, byte for byte."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from pypot_cli import proof, proof_export
from pypot_cli.audit_log import destinations, timer
from pypot_cli.audit_log import verify as audit_log
from pypot_cli.check import check_database
from pypot_cli.compliance import retention
from pypot_cli.compliance.desk import Desk
from pypot_cli.keys import new_secret
from pypot_cli.proof import bundle
from pypot_cli.rpc import Api, Caller
from tests.support.game import Game, Pending, Player, Refusal, answers, public_hex, race

CAROL = uuid.UUID(int=0xCA401)


def verified(game: Game, pot_ids: list[str], folder: Path) -> dict[str, str]:
    """What anybody exports of settled pots, after every check of it held."""
    found = {}
    for number, pot_id in enumerate(pot_ids):
        out = folder / str(number)
        with Api(game.db.url("authenticator")) as calls:
            proof_export.export(calls, uuid.UUID(pot_id), out)
        source, rest = bundle.locate(str(out), None, None)
        trust = proof.read_trust(
            [public_hex(game.orchestrator_key)], [public_hex(game.settlement_key)], None, None,
            None, None,
        )  # fmt: skip
        document = proof.open_proof(source)
        verdict = bundle.with_rest(proof.verify(document, trust), document.value, rest)
        assert verdict.valid, verdict.summary
        for name in ("proof.json", "entries.json", "chain.json"):
            found[f"{number} {name}"] = (out / name).read_text()
    return found


def joined(game: Game, players: list[Player]) -> str:
    pot_id = game.pot(max_tickets=5 * len(players))
    # Each from an address of its own: a shared one leaves a flag, which an erasure keeps.
    for number, player in enumerate(players):
        address = f"192.0.2.{number}"
        player.headers = {"cf-connecting-ip": address, "x-device-id": str(player.user_id)}
        answer = player.join(pot_id, 5, key=str(uuid.uuid4()))
        assert answer["ticket_count"] == 5
    return pot_id


def test_ledger_chains_log_and_proofs_stay_as_they_were(game: Game, tmp_path: Path) -> None:
    players = game.players(3, 1000)
    settled = [joined(game, players) for _ in range(3)]
    for pot_id in settled:
        game.settle(pot_id)
    voided = joined(game, players)
    game.compliance.call("void_pot", pot_id=voided, reason="a test")
    # Whoever is erased won once, acted as a moderator, and was refused once.
    winner = next(
        p for p in players
        if p.user_id == game.value("select winner_user_id from pots where id = %s", settled[0])
    )  # fmt: skip
    login = game.db.url("authenticator")
    kept = tmp_path / "checkpoint"
    made = timer.checkpoint(
        login, timer.Publishing(new_secret(), (), (destinations.destination(str(kept)),), 60)
    )
    assert made.problems == ()
    before = verified(game, settled, tmp_path / "before")
    balance = winner.balance()

    erased = game.compliance.call(
        "erase_player", user_id=str(winner.user_id), reason="asked to be", forfeit=True
    )
    assert (erased["entries"], erased["keys"], erased["credits_left"]) == (4, 4, balance)
    assert game.rows(
        "select count(*) from pot_entries where user_id = %s"
        " and num_nonnulls(ip_hash, device_hash, region, correlation_id) > 0", winner.user_id,
    ) == [(0,)]  # fmt: skip
    with game.db.admin() as conn:
        conn.execute("delete from auth.users where id = %s", (winner.user_id,))

    assert verified(game, settled, tmp_path / "after") == before
    outside = audit_log.outside([kept], [])
    report = audit_log.verify(game.db.url(), outside, None, [], lambda *_: None)
    assert report.sound, report.findings
    assert report.checkpoints == 1
    broken = [o.as_json() for o in check_database(game.db.url()) if not o.holds]
    assert broken == []
    # No table leads from the user id to anything but what the books need.
    left = tables_that_name(game, str(winner.user_id))
    assert left == {
        "public.pot_entries", "public.pots", "private.accounts", "private.wallets",
        "private.erasures", "private.idempotency_keys", "realtime.messages",
    }  # fmt: skip
    # Its own grant: repeated, it must not be paid twice.
    assert game.rows(
        "select distinct operation, subject = %s from private.idempotency_keys"
        " where request::text like '%%' || %s || '%%'", str(winner.user_id), str(winner.user_id),
    ) == [("grant_credits", False)]  # fmt: skip


def tables_that_name(game: Game, text: str) -> set[str]:
    tables = game.rows(
        "select format('%%I.%%I', n.nspname, c.relname) from pg_class as c join pg_namespace as n"
        " on n.oid = c.relnamespace where c.relkind in ('r', 'p')"
        " and n.nspname in ('public', 'private', 'realtime', 'auth')"
    )
    found = set()
    with game.db.admin() as conn:
        for (name,) in tables:
            row = conn.execute(
                f"select exists (select from {name} as t where t::text like %s)".encode(),
                (f"%{text}%",),
            ).fetchone()
            if row == (True,):
                found.add(name if not name.startswith("realtime.messages") else "realtime.messages")
    return found


def test_a_join_is_before_an_erasure_or_refused(game: Game) -> None:
    for _ in range(5):
        (player,) = game.players(1, 1000)
        again = game.again(player.user_id)
        pot_id = game.pot()
        erase = {"user_id": str(player.user_id), "reason": "asked to be", "forfeit": True}
        joined, erased = race(
            [
                lambda a=again, p=pot_id: a.join(p, 1),  # type: ignore[misc]
                lambda e=erase: game.compliance.attempt("erase_player", **e),  # type: ignore[misc]
            ]
        )
        if isinstance(erased, Refusal):
            assert erased == Refusal(
                "PT409", "wrong_state", {"reason": "live_entries", "entries": 1}
            )
            assert joined["ticket_count"] == 1
        else:
            assert joined == Refusal("PT403", "not_allowed")
            assert game.tickets_sold(pot_id) == 0


def test_a_join_that_waited_for_an_erasure_is_refused(game: Game) -> None:
    (player,) = game.players(1, 1000)
    pot_id = game.pot()
    with game.compliance.request() as call:
        call("erase_player", user_id=str(player.user_id), reason="asked to be", forfeit=True)
        waiting = Pending(lambda: player.join(pot_id, 1))
        game.wait_until_blocked(player, game.compliance)
    assert waiting.result() == Refusal("PT403", "not_allowed")
    assert game.tickets_sold(pot_id) == 0


def what_players_set(pot_id: str) -> list[tuple[str, dict[str, Any]]]:
    """Calls by which players leave something of themselves that an erasure takes away."""
    return [
        ("set_play_limits", {"day": 5, "week": None, "month": None}),
        ("start_cool_off", {"hours": 24}),
        ("set_my_handle", {"handle": "ann_91"}),
        ("cheer_pot", {"pot_id": pot_id, "reaction": "clap"}),
    ]


def remains_of(game: Game, player: Player) -> dict[str, int]:
    """How many rows name a player where an erasure leaves none."""
    tables = {
        "play_limits": "user_id", "play_breaks": "user_id", "player_handles": "user_id",
        "cheers": "user_id", "actors": "subject",
    }  # fmt: skip
    counts = {
        table: game.value(
            f"select count(*) from private.{table} where {column}::text = %s", str(player.user_id)
        )
        for table, column in tables.items()
    }
    return {table: count for table, count in counts.items() if count > 0}


def test_what_a_player_sets_while_one_is_erased_is_refused(game: Game) -> None:
    for function, arguments in what_players_set(game.pot()):
        player = game.player(funds=5)
        erase = {"user_id": str(player.user_id), "reason": "asked to be", "forfeit": True}
        with game.compliance.request() as call:
            call("erase_player", **erase)
            waiting = Pending(
                lambda p=player, f=function, a=arguments: p.attempt(f, **a)  # type: ignore[misc]
            )
            game.wait_until_blocked(player, game.compliance)
        assert waiting.result() == Refusal("PT403", "not_allowed"), function
        assert remains_of(game, player) == {}, function
    assert [o.as_json() for o in check_database(game.db.url()) if not o.holds] == []


def test_an_erasure_takes_away_what_its_player_is_setting(game: Game) -> None:
    for function, arguments in what_players_set(game.pot()):
        player = game.player(funds=5)
        erase = {"user_id": str(player.user_id), "reason": "asked to be", "forfeit": True}
        with player.request() as call:
            call(function, **arguments)
            waiting = Pending(
                lambda e=erase: game.compliance.attempt("erase_player", **e)  # type: ignore[misc]
            )
            game.wait_until_blocked(game.compliance, player)
        assert waiting.result()["credits_left"] == 5, function
        # A break of one's own outlives one.
        left = {"play_breaks": 1} if function == "start_cool_off" else {}
        assert remains_of(game, player) == left, function
    assert [o.as_json() for o in check_database(game.db.url()) if not o.holds] == []


def test_a_grant_that_waited_for_an_erasure_is_refused(game: Game) -> None:
    player = game.player(funds=5)
    with game.compliance.request() as call:
        call("erase_player", user_id=str(player.user_id), reason="asked to be", forfeit=True)
        waiting = Pending(lambda: game.fund(player.user_id, 1))
        game.wait_until_blocked(game.treasury, game.compliance)
    assert waiting.result() == Refusal(
        "PT422", "invalid_argument", {"argument": "user_id", "expected": "an existing user"}
    )
    assert game.value("select count(*) from private.transfers where kind = 'grant'") == 1


def test_a_player_without_a_wallet_is_erased_by_one_of_two(game: Game) -> None:
    player = game.player()
    player.call("request_erasure")
    other = game.caller("pot_compliance", {"sub": str(uuid.uuid4())})
    erase = {"user_id": str(player.user_id), "reason": "asked to be"}
    with game.compliance.request() as call:
        call("erase_player", **erase)
        waiting = Pending(lambda: other.call("erase_player", **erase))
        game.wait_until_blocked(other, game.compliance)
    assert waiting.result() == Refusal("PT409", "wrong_state", {"reason": "erased"})


def test_what_two_officers_set_of_retention_at_once_holds(game: Game) -> None:
    other = game.caller("pot_compliance", {"sub": str(uuid.uuid4())})
    with game.compliance.request() as call:
        call("set_retention", reason="a race", network_days=30)
        waiting = Pending(lambda: other.call("set_retention", reason="a race", key_days=7))
        game.wait_until_blocked(other, game.compliance)
    assert waiting.result() == {"network_days": 30, "key_days": 7, "evidence_days": 365}


def test_several_purges_at_once_forget_everything_once(game: Game) -> None:
    players = game.players(2, 1000)
    for pot_id in [joined(game, players) for _ in range(6)]:
        game.settle(pot_id)
    game.pass_time(91 * 86400)
    desks = [
        Desk(Api(game.db.url("authenticator")), Caller("pot_compliance", CAROL)) for _ in range(3)
    ]
    totals: list[dict[str, Any]] = answers(
        race([lambda d=desk: retention.purge(d) for desk in desks])  # type: ignore[misc]
    )
    totals += [retention.purge(desks[0]), retention.purge(desks[0])]
    for desk in desks:
        desk.calls.close()
    assert sum(each["network"] for each in totals) == 12
    assert sum(each["keys"] for each in totals) == 12
    assert totals[-1] == {"keys": 0, "network": 0, "evidence": 0}
    assert game.value("select count(*) from pot_entries where device_hash is not null") == 0
