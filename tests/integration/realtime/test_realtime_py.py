"""supabase-py's async client, as a service uses it: it wakes up on what happens to a pot."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from realtime import AsyncRealtimeChannel, RealtimeSubscribeStates

from supabase import AsyncClient, acreate_client
from tests.support.database import Database
from tests.support.game import Game
from tests.support.realtime import PATIENCE_SECONDS, Live


@pytest.fixture
def game(db: Database) -> Iterator[Game]:
    game = Game(db)
    yield game
    game.close()


class Listener:
    """One channel and what it was told."""

    def __init__(self, client: AsyncClient, topic: str, *, private: bool = True) -> None:
        config: Any = {"config": {"private": private, "broadcast": {"ack": False, "self": False}}}
        self.channel: AsyncRealtimeChannel = client.channel(topic, config)
        self.statuses: list[str] = []
        self.errors: list[str] = []
        self.heard: list[Any] = []
        self.channel.on_broadcast("*", self.heard.append)

    async def subscribe(self) -> str:
        """The first status."""

        def on_status(status: RealtimeSubscribeStates, error: Exception | None) -> None:
            self.statuses.append(status.value)
            self.errors.append(str(error))

        await self.channel.subscribe(on_status)
        return self.statuses[0]

    async def hear(self, event: str) -> Any:
        """The payload of the first broadcast of that event."""
        found: list[Any] = []

        def is_heard() -> bool:
            found[:] = [each["payload"] for each in self.heard if each["event"] == event]
            return bool(found)

        await until(is_heard, f"never heard {event}")
        return found[0]


async def until(condition: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, otherwise
        await asyncio.sleep(0.02)


def run(live: Live, story: Callable[[AsyncClient], Awaitable[None]]) -> None:
    """Tells a story with a client, whose sockets it closes."""

    async def tell() -> None:
        client = await acreate_client(live.url, live.legacy_key())
        try:
            await story(client)
        finally:
            await client.realtime.close()

    asyncio.run(tell())


def test_a_service_hears_a_pot_lock_and_settle(live: Live, game: Game) -> None:
    player = game.player(100)
    pot_id = game.pot(entry_cost=10, max_tickets=2)

    async def story(client: AsyncClient) -> None:
        pot, lobby = Listener(client, f"pots:{pot_id}"), Listener(client, "pots:lobby")
        assert await pot.subscribe() == "SUBSCRIBED"
        assert await lobby.subscribe() == "SUBSCRIBED"
        await asyncio.to_thread(player.join, pot_id, 2)
        await pot.hear("joined")
        await asyncio.to_thread(game.settle, pot_id)
        assert (await lobby.hear("locked"))["pot_id"] == pot_id
        assert (await pot.hear("settled"))["pot_id"] == pot_id

    run(live, story)


def test_a_wallet_is_heard_by_its_owner_alone(live: Live, game: Game) -> None:
    player, other = game.player(100), uuid.uuid4()

    async def story(client: AsyncClient) -> None:
        await client.realtime.set_auth(live.token(player.user_id))
        own, foreign = (
            Listener(client, f"wallet:{player.user_id}"),
            Listener(client, f"wallet:{other}"),
        )
        assert await own.subscribe() == "SUBSCRIBED"
        assert await foreign.subscribe() == "CHANNEL_ERROR"
        assert f"permissions to read from this Channel topic: wallet:{other}" in foreign.errors[0]
        await foreign.channel.unsubscribe()
        await asyncio.to_thread(game.fund, player.user_id, 5)
        assert (await own.hear("balance"))["balance"] == 105

    run(live, story)


def test_a_public_channel_hears_nothing_of_a_pot(live: Live, game: Game) -> None:
    player = game.player(100)
    pot_id = game.pot()

    async def story(client: AsyncClient) -> None:
        other = await acreate_client(live.url, live.legacy_key())
        public = Listener(client, f"pots:{pot_id}", private=False)
        private = Listener(other, f"pots:{pot_id}")
        assert await public.subscribe() == "SUBSCRIBED"
        assert await private.subscribe() == "SUBSCRIBED"
        await asyncio.to_thread(player.join, pot_id)
        await private.hear("joined")
        await public.channel.send_broadcast("settled", {"winner": "me"})
        await asyncio.sleep(0.5)
        assert public.heard == []
        assert [each["event"] for each in private.heard] == ["joined"]
        await other.realtime.close()

    run(live, story)


def test_a_token_that_ends_is_cut_off_and_a_new_one_is_not(live: Live, game: Game) -> None:
    ann, bob = game.players(2, 100)

    async def story(client: AsyncClient) -> None:
        other = await acreate_client(live.url, live.legacy_key())
        listeners = []
        for each, player in ((client, ann), (other, bob)):
            await each.realtime.set_auth(live.token(player.user_id, 8))
            listeners.append(Listener(each, f"wallet:{player.user_id}"))
            assert await listeners[-1].subscribe() == "SUBSCRIBED"
        began = time.monotonic()
        await other.realtime.set_auth(live.token(bob.user_id))
        ended, kept = listeners
        await until(lambda: len(ended.statuses) > 1, "never cut off")
        assert "Token has expired" in ended.errors[1]
        await asyncio.sleep(max(0.0, began + 9 - time.monotonic()))
        for player in (ann, bob):
            await asyncio.to_thread(game.fund, player.user_id, 1)
        assert (await kept.hear("balance"))["balance"] == 101
        assert ended.heard == []
        await other.realtime.close()

    run(live, story)


def test_two_watchers_of_a_pot_see_each_other(live: Live, game: Game) -> None:
    topic = f"pots:{game.pot()}"

    async def story(client: AsyncClient) -> None:
        other = await acreate_client(live.url, live.legacy_key())
        one, two = Listener(client, topic), Listener(other, topic)
        for listener in (one, two):
            listener.channel.on_presence_sync(lambda: None)
            assert await listener.subscribe() == "SUBSCRIBED"
        await one.channel.track({"name": "one"})
        await two.channel.track({"name": "two"})

        def names(listener: Listener) -> set[str]:
            state: dict[str, Any] = dict(listener.channel.presence_state())
            return {each["name"] for people in state.values() for each in people}

        def all_see(*expected: str) -> bool:
            return all(names(listener) == set(expected) for listener in (one, two))

        await until(lambda: all_see("one", "two"), "never saw both")
        await two.channel.untrack()
        await until(lambda: names(one) == {"one"}, "never saw one go")
        await two.channel.track({"name": "two again"})
        await until(lambda: names(one) == {"one", "two again"}, "never saw it come back")
        await other.realtime.close()
        await until(lambda: names(one) == {"one"}, "never saw its socket close")

    run(live, story)


def test_presence_asked_for_after_joining_joins_again(live: Live, game: Game) -> None:
    """The client leaves and joins, and is lost if it sees the close of the old join only then.

    Phoenix sends that a moment after its answer, as we do, so a busy machine gets more attempts.
    """
    synced: list[bool] = []

    async def story(client: AsyncClient) -> None:
        for _ in range(5):
            listener = Listener(client, f"pots:{game.pot()}")
            assert await listener.subscribe() == "SUBSCRIBED"
            listener.channel.on_presence_sync(lambda: synced.append(True))
            for _ in range(250):
                if synced:
                    return
                await asyncio.sleep(0.02)
        raise AssertionError("never joined again")

    run(live, story)
