"""`pypot compliance` as people run it: over the database, and over the API alone."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from tests.support import api as local_api
from tests.support.game import Game

CAROL, DAVE = uuid.UUID(int=0xCA401), uuid.UUID(int=0xDA7E)


def pypot(
    environment: Mapping[str, str], *words: str, person: uuid.UUID | None = CAROL
) -> subprocess.CompletedProcess[str]:
    """Runs a command of the desk."""
    who = {"PYPOT_COMPLIANCE_SUB": str(person)} if person else {}
    return subprocess.run(
        [sys.executable, "-m", "pypot_cli", "compliance", *words],
        env={"PATH": os.environ["PATH"], **environment, **who},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def answer(environment: Mapping[str, str], *words: str, **options: Any) -> Any:
    """What a command prints with --json."""
    done = pypot(environment, *words, "--json", **options)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return json.loads(done.stdout)


@contextlib.contextmanager
def by_database(game: Game) -> Iterator[dict[str, str]]:
    """The environment of a command that has a connection to the database."""
    yield {"PYPOT_DB_URL": game.db.url()}


@contextlib.contextmanager
def by_api(game: Game) -> Iterator[dict[str, str]]:
    """The environment of a command that has the API's address and its tokens' secret alone."""
    with local_api.running(game.db) as api:
        yield {"SUPABASE_URL": api.url, "SUPABASE_KEY": api.anon_key}


@pytest.mark.parametrize("way", [by_database, by_api])
def test_a_pot_is_looked_at_paused_resumed_and_voided(
    game: Game, way: Callable[[Game], contextlib.AbstractContextManager[dict[str, str]]]
) -> None:
    pot_id = game.pot()
    for player in game.players(2, 100):
        player.headers = {"cf-connecting-ip": "192.0.2.1"}
        player.join(pot_id, 3)
    with way(game) as env:
        assert answer(env, "cases") == []
        paused = answer(env, "pause", pot_id, "--reason", "a look")
        assert paused["paused"] is True
        (case,) = answer(env, "cases", "--needs", "paused")
        assert (case["pot_id"], case["needs"]) == (pot_id, ["paused"])
        seen = answer(env, "case", pot_id)
        assert [entry["address"] for entry in seen["entries"]] == ["address-1", "address-1"]
        assert seen["clusters"]["components"][0]["accounts"] == 2
        first = seen["entries"][0]["entry_id"]
        assert len(answer(env, "case", pot_id, "--after", first)["entries"]) == 1
        assert pypot(env, "resume", pot_id, "--reason", "fine", person=DAVE).returncode == 0
        voided = answer(env, "void", pot_id, "--reason", "collusion")
        assert (voided["status"], voided["entries_refunded"]) == ("cancelled", 2)
        late = pypot(env, "pause", pot_id, "--reason", "too late")
        assert late.returncode == 1
        assert late.stdout == ""
        (line,) = late.stderr.splitlines()
        assert line.startswith("pypot: wrong_state (PT409): ")
        assert line.endswith('{"paused": false, "status": "cancelled"}') or line.endswith(
            '{"status": "cancelled", "paused": false}'
        )
    actors = game.rows(
        "select n.subject from public.pots_audit as a join private.actors as n using (actor_id)"
        " where a.action in ('paused', 'resumed', 'voided') order by a.seq"
    )
    assert actors == [(str(CAROL),), (str(DAVE),), (str(CAROL),)]


def test_a_table_is_for_people_and_markup_is_text(game: Game) -> None:
    pot_id = game.pot()
    game.player(100).join(pot_id)
    reason = "[bold]look[/bold] [/nonsense]"
    with by_database(game) as env:
        done = pypot(env, "pause", pot_id, "--reason", reason)
        assert done.returncode == 0
        assert "paused_at" in done.stdout
        assert pot_id in pypot(env, "cases").stdout
        shown = pypot(env, "case", pot_id).stdout
    assert reason in shown
    assert "account-1" in shown


def test_whoever_is_nobody_or_asks_for_nothing_is_told_in_one_line(game: Game) -> None:
    with by_database(game) as env:
        nobody = pypot(env, "cases", person=None)
        assert nobody.returncode == 2
        assert nobody.stderr.startswith("pypot: say who you are: --as UUID")
        wrong = pypot({**env, "PYPOT_COMPLIANCE_SUB": "carol"}, "cases", person=None)
        assert (wrong.returncode, wrong.stderr) == (
            2,
            "pypot: PYPOT_COMPLIANCE_SUB is not a UUID\n",
        )
        nothing = pypot(env, "case", str(uuid.UUID(int=1)))
        assert nothing.returncode == 1
        assert nothing.stderr.startswith("pypot: pot_not_found (PT404): ")
        gone = pypot({"PYPOT_DB_URL": "postgresql://postgres:x@127.0.0.1:1/none"}, "cases")
        assert gone.returncode == 1
        assert len(gone.stderr.splitlines()) == 1


def test_flags_limits_retention_and_erasure_by_command(game: Game) -> None:
    player = game.player(100)
    pot_id = game.pot()
    entry = player.join(pot_id, 2)["entry_id"]
    other = game.player(100).join(pot_id, 1)
    assert other["ticket_count"] == 1
    (flag_id,) = game.rows(
        "insert into private.flags (pot_id, entry_id, user_id, kind, score, evidence, phase,"
        " effect, created_at, updated_at) values (%s, %s, %s, 'shared_ip', 0.9, '{}',"
        " 'join', 'hold', now(), now()) returning flag_id::text",
        pot_id, entry, player.user_id,
    )[0]  # fmt: skip
    with by_database(game) as env:
        (flag,) = answer(env, "flags", "--pot", pot_id, "--status", "open")
        assert (flag["flag_id"], flag["score"]) == (flag_id, 0.9)
        review = ("review", flag_id, "uphold", "--reason", "one person")
        assert answer(env, *review)["status"] == "uphold_proposed"
        assert answer(env, *review, person=DAVE)["status"] == "upheld"
        excluded = answer(env, "exclude", entry, "--reason", "a ring")
        assert excluded["credits_refunded"] == 20

        rail = ("limits", "set", "joins_per_minute")
        assert answer(env, *rail, "5", "--reason", "a wave")["value"] == 5
        whale = ("--scope", "user", "--id", str(player.user_id), "--reason", "a whale")
        assert answer(env, *rail, "off", *whale)["value"] == "off"
        rails = {(each["scope"], each["value"]) for each in answer(env, "limits", "show")}
        assert rails == {("global", 5), ("user", "off")}
        none = answer(env, *rail, "none", "--reason", "over")
        assert none["value"] is None
        odd = pypot(env, *rail, "many", "--reason", "x")
        assert (odd.returncode, odd.stdout) == (2, "")

        refused = pypot(env, "erase", str(player.user_id), "--reason", "asked to be")
        assert refused.returncode == 1
        assert '"balance": 100' in refused.stderr
        player.call("request_erasure")
        (waiting,) = answer(env, "erasures", "--waiting")
        assert waiting["obstacle"]["reason"] == "balance"
        erased = answer(env, "erase", str(player.user_id), "--reason", "asked to be", "--forfeit")
        assert (erased["credits_left"], erased["login_remains"]) == (100, True)
        assert answer(env, "erasures", "--waiting") == []

        unsaid = pypot(env, "retention", "--network-days", "30")
        assert unsaid.returncode == 2
        kept = answer(env, "retention", "--network-days", "30", "--reason", "the law", "--run")
        assert (kept["network_days"], kept["purged"]["network"]) == (30, 0)


@pytest.mark.parametrize("way", [by_database, by_api])
def test_an_alert_is_listed_and_taken_on_by_command(
    game: Game, way: Callable[[Game], contextlib.AbstractContextManager[dict[str, str]]]
) -> None:
    pot_id = game.pot()
    game.value("select private.raise_alert('scan_failed', %s, '{}')", pot_id)
    with way(game) as env:
        (alert,) = answer(env, "alerts", "--status", "open")
        assert (alert["kind"], alert["severity"], alert["pot_id"]) == (
            "scan_failed",
            "ticket",
            pot_id,
        )
        assert "scan_failed" in pypot(env, "alerts").stdout
        taken = answer(env, "ack", alert["alert_id"], "--reason", "on my way")
        assert taken["alert_id"] == alert["alert_id"]
        assert answer(env, "alerts", "--status", "open") == []
        (after,) = answer(env, "alerts", "--status", "acknowledged")
        assert after["ack_reason"] == "on my way"
        again = pypot(env, "ack", alert["alert_id"], "--reason", "me too", person=DAVE)
        assert again.returncode == 1
        assert "wrong_state (PT409): " in again.stderr


def test_a_policy_is_set_by_two_and_its_effect_taken_away(game: Game) -> None:
    def hold() -> object:
        return game.rows(
            "select min_score::float from private.flag_policies"
            " where kind = 'shared_device' and effect = 'hold'"
        )

    command = ("policy", "shared_device", "hold")
    why = ("--reason", "a trial")
    with by_database(game) as env:
        assert answer(env, *command, "0.9", *why)["status"] == "proposed"
        assert hold() == [(0.8,)]
        (waits,) = [each for each in answer(env, "policies", person=DAVE) if each["proposed"]]
        assert [waits[name] for name in ("kind", "effect", "min_score", "proposed_min_score")] == [
            "shared_device",
            "hold",
            0.8,
            0.9,
        ]
        shown = pypot(env, "policies", person=DAVE).stdout
        assert "from 0.9 on" in shown
        assert "confirmed_ring" in shown
        assert answer(env, *command, "0.9", *why, person=DAVE)["status"] == "set"
        assert hold() == [(0.9,)]
        assert answer(env, *command, "none", *why)["status"] == "proposed"
        assert answer(env, *command, "none", *why, person=DAVE)["status"] == "set"
        assert hold() == []
        odd = pypot(env, *command, "1.5", *why)
        assert (odd.returncode, odd.stdout) == (2, "")


@pytest.mark.parametrize("way", [by_database, by_api])
def test_officers_are_named_listed_and_revoked_by_command(
    game: Game, way: Callable[[Game], contextlib.AbstractContextManager[dict[str, str]]]
) -> None:
    user = str(game.player().user_id)
    with way(game) as env:
        # No --as: it is the operator who names them, with the service key.
        named = pypot(env, "officers", "name", user, "--reason", "hired", person=None)
        assert (named.returncode, named.stderr) == (0, ""), named.stderr
        (row,) = answer(env, "officers", "list", person=None)
        assert (row["user_id"], row["reason"], row["revoked_at"]) == (user, "hired", None)
        assert user[:8] in pypot(env, "officers", "list", person=None).stdout
        assert pypot(env, "officers", "revoke", user, "--reason", "left").returncode == 0
        (row,) = answer(env, "officers", "list", person=None)
        assert row["revoked_at"] is not None
        refused = pypot(env, "cases", person=uuid.UUID(user))
        assert refused.returncode == 1
        assert "not_allowed (PT403): " in refused.stderr
        assert '{"reason": "revoked"}' in refused.stderr
        stranger = pypot(env, "officers", "name", str(uuid.uuid4()), "--reason", "x")
        assert stranger.returncode == 1
        assert "a user who signed up" in stranger.stderr
