"""Checkpoints on a thread beside a service: what goes wrong costs one of them, and not the rest."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from pypot_cli.audit_log import timer
from pypot_cli.keys import new_secret
from pypot_cli.rpc import BUSY, RpcError
from pypot_cli.service import Client
from pypot_cli.wake import Wake, unheard
from tests.support.game import Game


def test_a_database_that_stays_busy_costs_a_look_and_no_later_checkpoint(
    game: Game, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else no draw is witnessed any more until somebody starts the service again."""
    game.pot()
    looks: list[str] = []
    logged: list[str] = []
    made = threading.Event()

    def urgent(client: Client) -> frozenset[tuple[str, str]]:
        looks.append("looked")
        if len(looks) == 1:
            raise RpcError("PT503", BUSY, {}, "try again", recorded=False)
        return frozenset()

    def log(event: str, **_: Any) -> None:
        logged.append(event)
        if event == "checkpoint":
            made.set()

    monkeypatch.setattr(timer, "_urgent", urgent)
    monkeypatch.setattr(timer, "_RETRY_SECONDS", 0.05)
    login = game.db.url("authenticator")
    wake = Wake(threading.Event(), log)
    with timer.beside(unheard, login, timer.Publishing(new_secret()))(wake):
        assert made.wait(30)
    assert logged == ["checkpoint_failed", "checkpoint"]
