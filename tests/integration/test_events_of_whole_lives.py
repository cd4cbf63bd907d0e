"""Whole lives of pots, every kind of event that they cause, and each as its schema says."""

import re
import time
from collections.abc import Iterator

import pytest

from pypot_cli.rpc import Caller, RpcError, player
from tests.support import lived
from tests.support.clocks import clock_set
from tests.support.database import Database
from tests.support.events import Event, all_events, assert_events_are_described, problems
from tests.support.game import assert_clean

WORDS = "words for compliance alone"


@pytest.fixture
def games() -> Iterator[list[lived.Game]]:
    """Games whose connections end with the test."""
    made: list[lived.Game] = []
    yield made
    for game in made:
        game.api.close()


def story(events: list[Event], pot_id: str) -> list[str]:
    return [event["kind"] for event in events if event["pot_id"] == pot_id]


def test_whole_lives_of_pots_are_told_as_described(db: Database, games: list[lived.Game]) -> None:
    life = lived.live(db)
    game = life.game
    games.append(game)
    voided = game.pot()
    game.api.call(lived.COMPLIANCE, "void_pot", pot_id=voided, reason=WORDS)
    game.api.call(
        lived.ORCHESTRATOR, "upsert_pot_template",
        name="small", entry_cost=1, max_tickets=5, max_per_user=5, open_pots=0,
    )  # fmt: skip
    with pytest.raises(RpcError):
        game.api.call(
            lived.ORCHESTRATOR, "attest_lock",
            pot_id=life.locked, orchestrator_signature="11" * 64,
        )  # fmt: skip
    for seed in ("22" * 32, game.seed_of(life.settling).reveal().hex()):
        with pytest.raises(RpcError):
            game.api.call(
                lived.SETTLEMENT, "reveal_pot",
                pot_id=life.settling, reveal_seed=seed, settlement_signature="11" * 64,
            )  # fmt: skip
    with clock_set(db, 60), pytest.raises(RpcError):
        game.api.call(
            Caller("pot_beacon"), "submit_beacon",
            pot_id=life.waiting, beacon_signature="81" * 48, attestation="11" * 64,
        )  # fmt: skip
    chain = game.api.rows(lived.SERVICE_ROLE, "list_beacon_chains")
    (unused,) = [row["chain_hash"] for row in chain if not row["in_use"]]
    game.api.call(lived.SERVICE_ROLE, "use_beacon_chain", chain_hash=unused)

    banned, named = game.users(2)
    for handle in ("Ann_1", "Ann_1", None):
        game.api.call(player(named), "set_my_handle", handle=handle)
    with db.admin() as conn:
        conn.execute(
            "update auth.users set banned_until = now() + interval '1 hour' where id = %s", [banned]
        )
    for function, arguments in (
        ("join_pot", {"pot_id": life.open, "ticket_count": 1}),
        ("cancel_entry", {"entry_id": life.open}),
        ("set_my_handle", {"handle": "Bob"}),
    ):
        with pytest.raises(RpcError):
            game.api.call(player(banned), function, **arguments)

    events = assert_events_are_described(db)
    assert_clean(db)
    found = {event["kind"] for event in events}
    with db.admin() as conn:
        written = conn.execute("select count(*) from private.events").fetchone()
        users = [str(row[0]) for row in conn.execute("select id from auth.users")]
    assert written == (len(events),)
    assert found >= {
        "pot_created", "pot_joined", "pot_entry_cancelled", "pot_locked", "pot_attested",
        "pot_attest_rejected", "pot_claimed", "pot_revealed", "pot_reveal_rejected", "pot_settled",
        "pot_cancelled", "pot_paused", "pot_resumed", "pot_voided", "credits_granted", "live_drop",
        "join_refused", "cancel_entry_refused", "set_my_handle_refused", "player_handle_set",
        "beacon_rejected", "beacon_chain_registered", "beacon_chain_used", "pot_template_set",
        "signing_key_registered", "signing_key_revoked",
    }  # fmt: skip
    told = repr(events)
    for secret in (WORDS, "a first look", "a second look", "a bad pot", "nothing'", *users):
        assert secret not in told

    assert story(events, life.settled) == [
        "pot_created", "pot_joined", "pot_entry_cancelled", "pot_joined", "pot_joined",
        "pot_joined", "pot_locked", "pot_attested", "pot_claimed", "pot_revealed", "pot_settled",
        "live_drop",
    ]  # fmt: skip
    assert story(events, life.drawn)[-5:] == [
        "pot_attested", "pot_claimed", "pot_revealed", "pot_settled", "live_drop",
    ]  # fmt: skip
    assert story(events, life.lonely) == ["pot_created", "pot_joined", "pot_cancelled"]
    assert story(events, life.paused) == [
        "pot_created", "pot_joined", "pot_paused", "pot_resumed", "pot_paused",
    ]  # fmt: skip
    assert story(events, life.voided)[-2:] == ["pot_voided", "pot_cancelled"]
    assert story(events, life.settling)[-1] == "pot_reveal_rejected"


def test_nothing_is_told_before_it_is_public(db: Database, games: list[lived.Game]) -> None:
    """The commitment comes with the lock, the seed with the reveal."""
    game = lived.Game(db)
    games.append(game)
    users = game.users(3)
    assert game.settlement.round() > 0
    pot_id = game.pot()
    seed = game.seed_of(pot_id).reveal().hex()
    game.fill(pot_id, users)
    with db.admin() as conn:
        (commit_hash,) = conn.execute(
            "select commit_hash from private.commitments where pot_id = %s", [pot_id]
        ).fetchone() or ("",)
    assert re.fullmatch("[0-9a-f]{64}", commit_hash)
    assert commit_hash not in repr(all_events(db))
    game.api.call(lived.ORCHESTRATOR, "lock_pot", pot_id=pot_id)
    assert commit_hash in repr(all_events(db))
    assert seed not in repr(all_events(db))
    game.orchestrator.round()
    game.settlement.round()
    events = assert_events_are_described(db)
    told = [event["kind"] for event in events if seed in repr(event)]
    assert told == ["pot_revealed"]


def test_an_event_that_is_not_as_described_is_named(db: Database, games: list[lived.Game]) -> None:
    """The check itself: each of these would be found."""
    game = lived.Game(db)
    games.append(game)
    assert game.settlement.round() > 0
    game.pot()
    (event,) = [each for each in all_events(db) if each["kind"] == "pot_created"]
    assert problems(event) == []
    for broken in (
        {**event, "kind": "pot_unheard_of"},
        {**event, "schema_version": 2},
        {**event, "user_id": "somebody"},
        {**event, "created_at": time.asctime()},
        {**event, "data": {**event["data"], "reason": "words"}},
        {**event, "data": {k: v for k, v in event["data"].items() if k != "seq"}},
        {**event, "data": {**event["data"], "entry_cost": "10"}},
    ):
        assert len(problems(broken)) == 1, broken
