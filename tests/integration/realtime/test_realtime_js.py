"""supabase-js, as a page uses it: pots, the lobby and the own wallet, live."""

import time
import uuid
from collections.abc import Iterator

import pytest

from tests.support.database import Database
from tests.support.game import Game
from tests.support.realtime import Js, Live


@pytest.fixture
def game(db: Database) -> Iterator[Game]:
    game = Game(db)
    yield game
    game.close()


def statuses(js: Js, topic: str, name: str = "main") -> list[str]:
    """Every status of a subscription that was seen so far."""
    return [
        line["status"]
        for line in js.seen
        if line.get("id") == f"{name} {topic}" and line["on"] == "status"
    ]


def test_a_pots_whole_life_is_heard_live(live: Live, js: Js, game: Game) -> None:
    ann, bob = game.players(2, 100)
    pot_id = game.pot(entry_cost=10, max_tickets=4)
    topic, wallet = f"pots:{pot_id}", f"wallet:{ann.user_id}"
    js.client(live, "spectator")
    js.client(live, "ann", live.token(ann.user_id))
    assert js.subscribe(topic, "spectator")["status"] == "SUBSCRIBED"
    assert js.subscribe("pots:lobby", "spectator")["status"] == "SUBSCRIBED"
    assert js.subscribe("live-drops", "spectator")["status"] == "SUBSCRIBED"
    assert js.subscribe(wallet, "ann")["status"] == "SUBSCRIBED"

    ann.join(pot_id, 3)
    assert js.hear(topic, "joined", "spectator")["pot_id"] == pot_id
    bob.join(pot_id, 1)
    js.hear(topic, "joined", "spectator")
    game.settle(pot_id)
    locked = js.hear(topic, "locked", "spectator")
    assert (len(locked["commit_hash"]), locked["total_tickets"]) == (64, 4)
    revealed = js.hear(topic, "revealed", "spectator")
    settled = js.hear(topic, "settled", "spectator")
    versions = [locked["version"], revealed["version"], settled["version"]]
    assert versions == sorted(versions)

    js.drain()
    heard = [
        (line["id"], line["message"]["event"]) for line in js.seen if line["on"] == "broadcast"
    ]
    assert {("spectator pots:lobby", "locked"), ("spectator pots:lobby", "settled")} <= set(heard)
    assert ("ann " + wallet, "balance") in heard
    assert ("spectator live-drops", "drop") in heard
    assert not any(line["on"] == "failed" for line in js.seen)


def test_another_users_wallet_is_refused_with_the_reason(live: Live, js: Js) -> None:
    own, other = uuid.uuid4(), uuid.uuid4()
    js.client(live, token=live.token(own))
    refusal = js.subscribe(f"wallet:{other}")
    assert refusal["status"] == "CHANNEL_ERROR"
    assert refusal["error"] == (
        f"Unauthorized: You do not have permissions to read from this Channel topic: wallet:{other}"
    )


def test_a_spectator_has_no_wallet(live: Live, js: Js) -> None:
    js.client(live)
    assert js.subscribe(f"wallet:{uuid.uuid4()}")["status"] == "CHANNEL_ERROR"


def test_a_public_channel_of_a_pots_name_hears_nothing(live: Live, js: Js, game: Game) -> None:
    pot_id = game.pot()
    topic = f"pots:{pot_id}"
    js.client(live, "private")
    js.client(live, "public")
    assert js.subscribe(topic, "private")["status"] == "SUBSCRIBED"
    assert js.subscribe(topic, "public", private=False)["status"] == "SUBSCRIBED"
    game.player(100).join(pot_id)
    js.hear(topic, "joined", "private")
    js.drain()
    assert not [line for line in js.seen if line.get("id") == f"public {topic}"][1:]


def test_nobody_poses_as_the_system(live: Live, js: Js, game: Game) -> None:
    topic = f"pots:{game.pot()}"
    player = live.token(game.player().user_id)
    js.client(live, "liar", player)
    js.client(live, "victim")
    for name in ("liar", "victim"):
        assert js.subscribe(topic, name, broadcast={"ack": False})["status"] == "SUBSCRIBED"
    js.do("send", id=f"liar {topic}", event="settled", payload={"winner": "me"})
    js.expect(id=f"liar {topic}", on="sent")
    js.drain(1)
    assert not [line for line in js.seen if line["on"] == "broadcast"]


def test_clients_talk_in_public(live: Live, js: Js) -> None:
    for name in ("one", "other"):
        js.client(live, name)
        js.subscribe("room", name, private=False, broadcast={"ack": True})
    js.do("send", id="one room", event="hello", payload={"π": "🎟"})
    sent, heard = js.expect_each(
        {"id": "one room", "on": "sent"}, {"id": "other room", "on": "broadcast"}
    )
    assert sent["answer"] == "ok"
    assert heard["message"]["payload"] == {"π": "🎟"}


def test_a_token_that_ends_cuts_off_and_a_new_one_keeps_alive(
    live: Live, js: Js, game: Game
) -> None:
    ann, bob = game.players(2, 100)
    for name, player in (("ann", ann), ("bob", bob)):
        js.client(live, name, live.token(player.user_id, 8))
        assert js.subscribe(f"wallet:{player.user_id}", name)["status"] == "SUBSCRIBED"
    began = time.monotonic()
    js.do("setAuth", name="bob", token=live.token(bob.user_id))
    system = js.expect(id=f"ann wallet:{ann.user_id}", on="system")["message"]
    assert system["message"].startswith("Token has expired")
    assert js.expect(id=f"ann wallet:{ann.user_id}", on="status")["status"] == "CLOSED"
    time.sleep(max(0.0, began + 9 - time.monotonic()))
    game.fund(ann.user_id, 1)
    game.fund(bob.user_id, 1)
    assert js.hear(f"wallet:{bob.user_id}", "balance", "bob")["balance"] == 101
    assert not [
        line
        for line in js.drain()
        if line.get("id", "").startswith("ann") and line["on"] != "status"
    ]


def test_two_watchers_of_a_pot_see_each_other(live: Live, js: Js, game: Game) -> None:
    topic = f"pots:{game.pot()}"
    for name in ("ann", "bob"):
        js.client(live, name)
        assert js.subscribe(topic, name, presence=True)["status"] == "SUBSCRIBED"
    js.do("track", id=f"ann {topic}", payload={"name": "ann"})
    assert js.expect(id=f"ann {topic}", on="tracked")["answer"] == "ok"
    js.do("track", id=f"bob {topic}", payload={"name": "bob"})

    def people(name: str) -> set[str]:
        state = js.expect(id=f"{name} {topic}", on="sync")["state"]
        return {meta["name"] for metas in state.values() for meta in metas}

    while people("ann") != {"ann", "bob"}:
        pass
    js.do("untrack", id=f"bob {topic}")
    while people("ann") != {"ann"}:
        pass
    js.do("track", id=f"bob {topic}", payload={"name": "bob"})
    while people("ann") != {"ann", "bob"}:
        pass
    js.do("disconnect", name="bob")
    while people("ann") != {"ann"}:
        pass


def test_unsubscribing_and_subscribing_again(live: Live, js: Js, game: Game) -> None:
    topic = f"pots:{game.pot()}"
    js.client(live)
    for _ in range(3):
        assert js.subscribe(topic)["status"] == "SUBSCRIBED"
        js.do("unsubscribe", id=f"main {topic}")
        assert js.expect(id=f"main {topic}", on="unsubscribed")["answer"] == "ok"
    assert statuses(js, topic).count("SUBSCRIBED") == 3
