"""Alerts reach compliance as they open and close, and nobody else."""

import asyncio
import uuid
from collections.abc import Iterator

import pytest

from supabase import AsyncClient
from tests.integration.realtime.test_realtime_py import Listener, run
from tests.support.database import Database
from tests.support.game import Game
from tests.support.realtime import Live


@pytest.fixture
def game(db: Database) -> Iterator[Game]:
    game = Game(db)
    yield game
    game.close()


def test_compliance_hears_an_alert_open_and_close(live: Live, game: Game) -> None:
    async def story(client: AsyncClient) -> None:
        await client.realtime.set_auth(live.token(uuid.uuid4(), role="pot_compliance"))
        alerts = Listener(client, "alerts")
        assert await alerts.subscribe() == "SUBSCRIBED"
        # Nothing is in stock; then enough is.
        await asyncio.to_thread(game.orchestrator.call, "rotate_pots")
        opened = await alerts.hear("opened")
        assert (opened["kind"], opened["severity"], opened["detail"]) == (
            "low_stock",
            "page",
            {"left": 0},
        )
        await asyncio.to_thread(
            game.compliance.call, "ack_alert", alert_id=opened["alert_id"], reason="on my way"
        )
        heard = await alerts.hear("acknowledged")
        assert "on my way" not in str(heard)
        await asyncio.to_thread(game.stock, 20)
        await asyncio.to_thread(game.orchestrator.call, "rotate_pots")
        assert (await alerts.hear("closed"))["alert_id"] == opened["alert_id"]

    run(live, story)


@pytest.mark.parametrize("role", ["authenticated", "pot_orchestrator", "anon"])
def test_nobody_else_may_listen_to_alerts(live: Live, game: Game, role: str) -> None:
    async def story(client: AsyncClient) -> None:
        if role != "anon":
            await client.realtime.set_auth(live.token(uuid.uuid4(), role=role))
        alerts = Listener(client, "alerts")
        assert await alerts.subscribe() == "CHANNEL_ERROR"
        await alerts.channel.unsubscribe()

    run(live, story)
