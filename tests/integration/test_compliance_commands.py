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
