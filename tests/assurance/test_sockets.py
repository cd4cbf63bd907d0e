"""The harness of sockets: it finds nothing, and a server that harms or lets in is found out."""

from pathlib import Path
from typing import Any

import pytest

from pypot_cli.api.realtime.caller import Authorizer
from pypot_cli.api.realtime.feed import DatabaseFeed
from tests.assurance.sockets import MOST_GROWTH, Target, grown, log_problems, play
from tests.support.database import Database
from tests.support.realtime import Live, live_over
from tests.support.served import served


def target(db: Database, live: Live) -> Target:
    return Target(db, int(live.url.rpartition(":")[2]), live.key, live.settings.jwt_secret)


def test_every_attack_leaves_the_server_and_the_others_unharmed(
    db: Database, tmp_path: Path
) -> None:
    with served(db, tmp_path / "api.log") as api:
        found = play(Target(db, api.port, api.publishable_key, api.secret), seed=1, scale=1)
    assert found == []
    assert log_problems(api.log) == []


def test_a_server_that_lets_everybody_in_is_found_out(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def readable(self: Any, caller: Any, topic: Any, extensions: Any) -> frozenset[Any]:
        return frozenset(extensions)

    monkeypatch.setattr(Authorizer, "readable", readable)
    with live_over(db) as live:
        found = play(target(db, live), seed=1, scale=1, only=("others_topics", "swapped_tokens"))
    assert "wallet was joined with no token" in found
    assert "another's token in place of one's own was taken" in found


def test_a_server_that_forgets_the_others_is_found_out(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forget(self: Any) -> None:
        self._deliver = lambda sent: None
        await right(self)

    right = DatabaseFeed.run
    monkeypatch.setattr(DatabaseFeed, "run", forget)
    with live_over(db) as live:
        found = play(target(db, live), seed=1, scale=1, within=0.5, only=("a_huge_frame",))
    assert found == ["a_huge_frame: a bystander hears nothing"]


def test_what_is_logged_and_kept_is_found_out() -> None:
    assert log_problems('{"event": "realtime_socket_failed", "why": "KeyError()"}\n')
    assert log_problems('{"event": "uvicorn", "message": "m", "error": "ValueError"}\n')
    assert log_problems('{"event": "request"}\n') == []
    assert grown(100, 100 + MOST_GROWTH + 1)
    assert grown(100, 100 + MOST_GROWTH) == []
