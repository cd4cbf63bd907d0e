"""The websocket, frame by frame: what is answered, what is passed over, who is thrown out."""

import json
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from pypot_cli.api.realtime.limits import Limits
from tests.support.database import Database
from tests.support.realtime import (
    JOINED,
    OK,
    Live,
    live_over,
    refused,
    unauthorized,
    wait_for,
)

LOBBY = "realtime:pots:lobby"


def send(db: Database, topic: str, event: str = "e", *, private: bool = True, n: int = 0) -> None:
    """One message of the database's."""
    with db.connect() as conn:
        conn.execute(
            "select realtime.send(jsonb_build_object('n', %s::int), %s, %s, %s)",
            [n, event, topic, private],
        )


@pytest.mark.parametrize("vsn", ["1.0.0", "2.0.0"])
def test_a_spectator_joins_hears_beats_and_leaves(live: Live, db: Database, vsn: str) -> None:
    with live.wire(vsn=vsn) as wire:
        assert wire.ask("phoenix", "heartbeat", {}) == OK
        assert wire.join("pots:lobby") == JOINED
        send(db, "pots:lobby", n=7)
        _, ref, topic, event, payload = wire.receive()
        assert (ref, topic, event) == (None, LOBBY, "broadcast")
        message_id = payload["payload"].pop("id")
        assert payload == {
            "type": "broadcast",
            "event": "e",
            "payload": {"n": 7},
            "meta": {"id": message_id},
        }
        join_ref = "2"
        assert wire.ask(LOBBY, "phx_leave", {}, join_ref) == OK
        closed = wire.receive()
        assert closed[1:] == [join_ref, LOBBY, "phx_close", {}]
        send(db, "pots:lobby")
        assert wire.is_silent()


def test_version_1_beats_without_a_ref(live: Live) -> None:
    with live.wire(vsn="1.0.0") as wire:
        wire.socket.send(
            '{"event":"heartbeat","payload":{},"topic":"phoenix","ref":null,"join_ref":null}'
        )
        assert wire.receive() == [None, None, "phoenix", "phx_reply", OK]


def test_both_kinds_of_anonymous_key_open_a_socket(live: Live) -> None:
    for key in (live.key, live.legacy_key()):
        with live.wire(key=key) as wire:
            assert wire.join("pots:lobby") == JOINED
            assert wire.join("wallet:" + str(uuid.uuid4()))["status"] == "error"


@pytest.mark.parametrize("key", ["", "nonsense", "a.b.c"])
def test_a_wrong_key_opens_none(live: Live, key: str) -> None:
    with pytest.raises(InvalidStatus) as error, connect(live.socket_url(key=key)):
        pass
    assert error.value.response.status_code == 401


def test_an_unknown_version_opens_none(live: Live) -> None:
    with pytest.raises(InvalidStatus) as error, connect(live.socket_url(vsn="3.0.0")):
        pass
    assert error.value.response.status_code == 403


@pytest.mark.parametrize(
    "topic", ["wallet:*", "wallet:%", "*", "%", "pots", "xpots:lobby", "pots\0", "WALLET:x"]
)
def test_a_topic_that_no_policy_names_is_refused(live: Live, topic: str) -> None:
    with live.wire() as wire:
        assert wire.join(topic) == unauthorized(topic)
        assert wire.join(topic, presence={"enabled": True}) == unauthorized(topic)


def test_a_wildcard_is_a_topic_like_another_and_hears_nothing_else(
    live: Live, db: Database
) -> None:
    with live.wire() as wire:
        for topic in ("pots:*", "pots:%", "pots:"):
            assert wire.join(topic) == JOINED
        send(db, "pots:lobby")
        assert wire.is_silent()
        send(db, "pots:*", n=1)
        assert wire.receive()[2] == "realtime:pots:*"


def test_a_wallet_is_heard_by_its_owner_alone(live: Live, db: Database) -> None:
    own, other = uuid.uuid4(), uuid.uuid4()
    with live.wire() as wire:
        token = live.token(own)
        assert wire.join(f"wallet:{own}", token=token) == JOINED
        assert wire.join(f"wallet:{other}", token=token) == unauthorized(f"wallet:{other}")
        send(db, f"wallet:{other}")
        send(db, f"wallet:{own}", n=3)
        assert wire.receive()[4]["payload"]["n"] == 3


def test_a_public_channel_of_a_private_topics_name_is_another(live: Live, db: Database) -> None:
    with live.wire() as public, live.wire() as private:
        assert public.join("pots:lobby", private=False) == JOINED
        assert private.join("pots:lobby") == JOINED
        send(db, "pots:lobby", n=1)
        assert private.receive()[4]["payload"]["n"] == 1
        assert public.is_silent()
        send(db, "pots:lobby", private=False, n=2)
        assert public.receive()[4]["payload"]["n"] == 2
        # What a client says in public is not heard in private.
        public.send(LOBBY, "broadcast", {"type": "broadcast", "event": "settled", "payload": {}})
        assert private.is_silent()


def test_a_clients_broadcast_is_heard_in_public_and_never_in_private(live: Live) -> None:
    shout = {"type": "broadcast", "event": "settled", "payload": {"winner": "me"}}
    for private in (False, True):
        with live.wire() as one, live.wire(vsn="1.0.0") as other:
            for wire in (one, other):
                assert wire.join("pots:lobby", private=private, broadcast={"ack": True}) == JOINED
            push = bytes([3, 1, 1, len(LOBBY), 7, 0, 1]) + f"19{LOBBY}settled".encode()
            one.socket.send(push + b'{"winner":"me"}')
            if private:
                other.send(LOBBY, "broadcast", shout, "1")
                assert one.is_silent()
                assert other.is_silent()
                continue
            assert one.receive() == ["1", "9", LOBBY, "phx_reply", OK]
            assert other.receive() == [None, None, LOBBY, "broadcast", shout]
            assert other.ask(LOBBY, "broadcast", shout, "1") == OK
            assert one.receive() == [None, None, LOBBY, "broadcast", shout]


def test_two_joins_of_one_topic_leave_the_second(live: Live, db: Database) -> None:
    with live.wire() as wire:
        assert wire.join("pots:lobby") == JOINED
        ref = wire.send(LOBBY, "phx_join", {"config": {"private": True}})
        assert wire.receive() == ["1", "1", LOBBY, "phx_close", {}]
        assert wire.receive() == [ref, ref, LOBBY, "phx_reply", JOINED]
        # Meant for the first join: passed over.
        wire.send(LOBBY, "phx_leave", {}, "1")
        send(db, "pots:lobby", n=1)
        assert wire.receive()[3] == "broadcast"
        assert wire.is_silent()


def test_what_is_not_joined_does_not_match(live: Live) -> None:
    with live.wire() as wire:
        assert wire.ask(LOBBY, "broadcast", {}) == refused("unmatched topic")
        assert wire.ask("other:x", "phx_join", {}) == refused("unmatched topic")
        assert wire.ask(LOBBY, "phx_leave", {}) == OK
        assert wire.join("") == refused("TopicNameRequired: You must provide a topic name")


MALFORMED: list[str | bytes] = [
    "",
    "{",
    "[]",
    "[1,2,3]",
    "null",
    '["1","1",5,"phx_join",{}]',
    '["1",[],"realtime:pots:lobby","phx_join",{}]',
    '["1","1","realtime:\\ud800","phx_join",{"config":{"private":true}}]',
    '["1","1","realtime:pots:lobby","phx_join",NaN]',
    '["1","1","realtime:pots:lobby","phx_join",1e999]',
    "[" * 100_000,
    "1" * 10_000,
    b"",
    b"\x03",
    b"\x03\xff\xff\xff\xff\xff\x01",
    b"\x09\x00\x00\x00\x00\x00\x01abc",
    b"\x03\x00\x00\x00\x00\x00\x01{",
    b"\x03\x00\x00\x00\x00\x00\x01" + '{"a":1}'.encode("utf-16"),
    b"\x03\x00\x00\x01\x00\x00\x01\xff{}",
    '{"topic":"realtime:pots:lobby","event":"phx_join","payload":{}}',
    '{"topic":"realtime:pots:lobby","event":1,"payload":{},"ref":"1"}',
]


@pytest.mark.parametrize("vsn", ["1.0.0", "2.0.0"])
def test_a_malformed_frame_is_passed_over(live: Live, vsn: str) -> None:
    with live.wire(vsn=vsn) as wire:
        for frame in MALFORMED:
            wire.socket.send(frame)
        assert wire.ask("phoenix", "heartbeat", {}) == OK


@pytest.mark.parametrize(
    "payload",
    [None, [], "x", 1, {}, {"config": None}, {"config": []}, {"config": {"broadcast": 5}}],
)
def test_a_join_of_any_payload_is_a_public_one(live: Live, payload: object) -> None:
    with live.wire() as wire:
        assert wire.ask(LOBBY, "phx_join", payload) == JOINED
        for event in ("presence", "broadcast", "access_token", "nonsense"):
            wire.send(LOBBY, event, payload, "1")
        while (answer := wire.receive())[3] != "presence_diff" and answer[4] != OK:
            if answer[4] == {"status": "error", "response": {}}:
                break
        assert wire.ask("phoenix", "heartbeat", {}) == OK


def test_a_frame_that_is_too_long_closes_the_socket(live: Live) -> None:
    with live.wire() as wire:
        wire.socket.send(json.dumps([None, "1", "phoenix", "heartbeat", {"x": "y" * 2_000_000}]))
        with pytest.raises(ConnectionClosed) as error:
            wire.receive()
        assert error.value.rcvd is not None
        assert error.value.rcvd.code == 1009


def test_a_flood_closes_the_socket(start_live: Callable[..., Live]) -> None:
    with start_live(Limits(frames_a_second=20)).wire() as wire:
        for _ in range(100):
            wire.send("phoenix", "heartbeat", {})
        with pytest.raises(ConnectionClosed) as error:
            wire.receive_all()
        assert error.value.rcvd is not None
        assert error.value.rcvd.code == 1008


def test_a_socket_that_is_closed_while_frames_wait_for_it_is_no_failure(
    start_live: Callable[..., Live], db: Database, capfd: pytest.CaptureFixture[str]
) -> None:
    live = start_live(Limits(frames_a_second=20, queue_bytes=10**9))
    with live.wire() as wire, live.wire() as other:
        assert wire.join("pots:lobby") == other.join("pots:lobby") == JOINED
        # More than all buffers hold, so that the server is in the midst of it when it closes.
        with db.connect() as conn:
            conn.execute(
                "select count(realtime.send(jsonb_build_object('x', repeat('y', 400000)),"
                " 'e', 'pots:lobby')) from generate_series(1, 50)"
            )
        for _ in range(50):
            assert other.receive()[3] == "broadcast"
        for _ in range(100):
            wire.send("phoenix", "heartbeat", {})
        with pytest.raises(ConnectionClosed):
            wire.receive_all()
    told = capfd.readouterr()
    assert "realtime_socket_failed" not in told.out + told.err


def test_a_socket_that_says_nothing_is_closed(start_live: Callable[..., Live]) -> None:
    with start_live(Limits(idle_seconds=0.3)).wire() as wire:
        with pytest.raises(ConnectionClosed) as error:
            wire.receive()
        assert error.value.rcvd is not None
        assert error.value.rcvd.code == 1001


def test_a_socket_has_so_many_channels_and_no_more(start_live: Callable[..., Live]) -> None:
    with start_live(Limits(channels=2, topic_bytes=50)).wire() as wire:
        assert wire.join("pots:" + "x" * 60)["status"] == "error"
        assert wire.join("pots:1") == JOINED
        assert wire.join("pots:2") == JOINED
        assert wire.join("pots:3") == refused("ChannelRateLimitReached: Too many channels")
        # Again is not one more.
        wire.send("realtime:pots:2", "phx_join", {"config": {"private": True}})
        assert wire.receive()[3] == "phx_close"
        assert wire.receive()[4] == JOINED


def test_a_client_that_reads_nothing_is_dropped_and_the_others_are_not(
    start_live: Callable[..., Live], db: Database
) -> None:
    live = start_live(Limits(queue_frames=50))
    with live.wire() as slow, live.wire() as quick:
        for wire in (slow, quick):
            assert wire.join("pots:lobby") == JOINED
        # Its buffers, and the system's on both sides, take some megabytes; it reads none of them.
        with db.connect() as conn:
            for _ in range(30):
                conn.execute(
                    "select count(realtime.send(jsonb_build_object('x', repeat('y', 400000)),"
                    " 'e', 'pots:lobby')) from generate_series(1, 10)"
                )
                for _ in range(10):
                    assert quick.receive()[3] == "broadcast"
        # The rest of what its buffers hold, and then the end.
        with pytest.raises(ConnectionClosed):
            slow.receive_all()
        assert quick.ask("phoenix", "heartbeat", {}) == OK


def test_a_burst_drops_no_client_that_reads(start_live: Callable[..., Live], db: Database) -> None:
    with start_live(Limits(queue_frames=20)).wire() as wire:
        assert wire.join("pots:lobby") == JOINED
        with db.connect() as conn:
            conn.execute(
                "select count(realtime.send(jsonb_build_object('n', n), 'e', 'pots:lobby'))"
                " from generate_series(1, 2000) as n"
            )
        assert [wire.receive()[4]["payload"]["n"] for _ in range(2000)] == list(range(1, 2001))


def test_a_token_that_ends_cuts_its_channels_off(live: Live, db: Database) -> None:
    user = uuid.uuid4()
    topic = f"realtime:wallet:{user}"
    with live.wire() as wire:
        assert wire.join(f"wallet:{user}", token=live.token(user, 5)) == JOINED
        assert wire.join("pots:lobby") == JOINED
        told = wire.receive()
        assert told[:4] == ["1", None, topic, "system"]
        message = told[4]["message"]
        assert re.fullmatch(r"Token has expired \d+ seconds ago", message)
        assert told[4] == {
            "extension": "system",
            "status": "error",
            "message": message,
            "channel": f"wallet:{user}",
        }
        assert wire.receive() == ["1", "1", topic, "phx_close", {}]
        send(db, f"wallet:{user}")
        # The other channel goes by the key, which does not end.
        send(db, "pots:lobby", n=5)
        assert wire.receive()[2] == LOBBY


def test_a_new_token_keeps_a_channel_alive(live: Live, db: Database) -> None:
    user = uuid.uuid4()
    topic = f"realtime:wallet:{user}"
    with live.wire() as wire:
        ends = time.monotonic() + 5
        assert wire.join(f"wallet:{user}", token=live.token(user, 5)) == JOINED
        wire.send(topic, "access_token", {"access_token": live.token(user)}, "1")
        time.sleep(max(0, ends - time.monotonic()) + 1.2)
        send(db, f"wallet:{user}", n=9)
        assert wire.receive()[4]["payload"]["n"] == 9


@pytest.mark.parametrize("kind", ["another user's", "ended", "forged", "nonsense", "no end"])
def test_a_new_token_that_may_not_listen_cuts_the_channel_off(live: Live, kind: str) -> None:
    user = uuid.uuid4()
    topic = f"realtime:wallet:{user}"
    token, message = {
        "another user's": (
            live.token(uuid.uuid4()),
            f"You do not have permissions to read from this Channel topic: wallet:{user}",
        ),
        "ended": (live.token(user, -5), "Token has expired 5 seconds ago"),
        "forged": (live.token(user)[:-4] + "AAAA", "Failed to validate JWT signature"),
        "nonsense": ("nonsense", "The token provided is not a valid JWT"),
        "no end": (live.token(user, exp=None), "Fields `role` and `exp` are required in JWT"),
    }[kind]
    with live.wire() as wire:
        assert wire.join(f"wallet:{user}", token=live.token(user)) == JOINED
        wire.send(topic, "access_token", {"access_token": token}, "1")
        told = wire.receive()
        assert told[3] == "system"
        assert told[4]["message"].replace("6 seconds", "5 seconds") == message
        assert wire.receive() == ["1", "1", topic, "phx_close", {}]


def test_a_new_token_that_may_less_cuts_the_channel_off(live: Live, db: Database) -> None:
    user = uuid.uuid4()
    with db.admin() as conn:
        conn.execute("drop policy pots_topics_select on realtime.messages")
        conn.execute(
            "create policy p on realtime.messages for select to authenticated"
            f" using (extension = 'presence' or auth.uid() = '{user}')".encode()
        )
    with live.wire() as wire:
        answer = wire.join("x", token=live.token(user), presence={"enabled": True})
        assert answer == JOINED
        assert wire.receive()[3] == "presence_state"
        token = live.token(uuid.uuid4())
        wire.send("realtime:x", "access_token", {"access_token": token}, "1")
        assert wire.receive()[4]["message"] == (
            "You no longer have permission to read from this Channel topic: x"
        )
        assert wire.receive()[3] == "phx_close"
        # Whoever may read presence alone is let in, and hears no broadcast.
        assert wire.join("x", token=token) == unauthorized("x")
        assert wire.join("x", token=token, presence={"enabled": True}) == JOINED
        assert wire.receive()[3] == "presence_state"
        send(db, "x")
        assert wire.is_silent()


def test_what_is_no_new_token_changes_nothing(live: Live, db: Database) -> None:
    user = uuid.uuid4()
    token = live.token(user)
    with live.wire() as wire:
        assert wire.join(f"wallet:{user}", token=token) == JOINED
        for again in (token, None, "sb_publishable_x", 5):
            wire.send(f"realtime:wallet:{user}", "access_token", {"access_token": again}, "1")
        send(db, f"wallet:{user}")
        assert wire.receive()[3] == "broadcast"


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"role": "postgres"}, None),
        ({"role": "supabase_admin"}, None),
        ({"role": "nobody"}, None),
        ({"aud": "another"}, "MalformedJWT: The token provided is not a valid JWT"),
        ({"exp": -3600}, "InvalidJWTToken: Token has expired"),
        ({"exp": "soon"}, "MalformedJWT: The token provided is not a valid JWT"),
        ({"role": None}, None),
    ],
)
def test_a_token_of_no_callers_role_is_refused(
    live: Live, claims: dict[str, Any], reason: str | None
) -> None:
    user = uuid.uuid4()
    topic = f"wallet:{user}"
    with live.wire() as wire:
        answer = wire.join(topic, token=live.token(user, **claims))
        assert answer == (refused(reason) if reason else unauthorized(topic))


def test_service_role_hears_what_it_likes(live: Live, db: Database) -> None:
    with live.wire(key=live.settings.secret_key) as wire:
        assert wire.join("wallet:x") == JOINED
        send(db, "wallet:x", n=1)
        assert wire.receive()[4]["payload"]["n"] == 1


def test_watchers_see_each_other(live: Live) -> None:
    with live.wire() as one, live.wire(vsn="1.0.0") as other:
        assert one.join("pots:lobby", presence={"enabled": True, "key": "ann"}) == JOINED
        assert one.receive()[3:] == ["presence_state", {}]
        track = {"type": "presence", "event": "track", "payload": {"at": 1}}
        assert one.ask(LOBBY, "presence", track, "1") == OK
        came = one.receive()
        assert came[3] == "presence_diff"
        ref = came[4]["joins"]["ann"]["metas"][0]["phx_ref"]
        assert came[4] == {
            "joins": {"ann": {"metas": [{"at": 1, "phx_ref": ref}]}},
            "leaves": {},
        }
        # The same again changes nothing.
        assert one.ask(LOBBY, "presence", track, "1") == OK

        assert other.join("pots:lobby", presence={"enabled": True, "key": "bob"}) == JOINED
        assert other.receive()[3:] == [
            "presence_state",
            {"ann": {"metas": [{"at": 1, "phx_ref": ref}]}},
        ]
        assert one.ask(LOBBY, "presence", {**track, "payload": {"at": 2}}, "1") == OK
        for wire in (one, other):
            change = wire.receive()[4]
            meta = change["joins"]["ann"]["metas"][0]
            assert (meta["at"], meta["phx_ref_prev"]) == (2, ref)
            assert change["leaves"]["ann"]["metas"] == [{"at": 1, "phx_ref": ref}]
        one.socket.close()
        left = other.receive()[4]
        assert (left["joins"], list(left["leaves"])) == ({}, ["ann"])


def test_who_does_not_ask_for_presence_hears_none_in_private(live: Live) -> None:
    with live.wire() as one, live.wire() as other:
        assert other.join("pots:lobby") == JOINED
        assert one.join("pots:lobby") == JOINED
        assert one.ask(LOBBY, "presence", {"event": "track", "payload": {}}, "1") == OK
        assert one.receive()[3] == "presence_diff"
        assert other.is_silent()


@pytest.mark.parametrize("topic", ["wallet", "live-drops"])
def test_presence_is_for_pots_alone(live: Live, topic: str) -> None:
    user = uuid.uuid4()
    if topic == "wallet":
        topic = f"wallet:{user}"
    with live.wire() as wire:
        assert wire.join(topic, token=live.token(user), presence={"enabled": True}) == JOINED
        assert wire.receive()[3] == "presence_state"
        track = {"event": "track", "payload": {"a": 1}}
        answer = wire.ask(f"realtime:{topic}", "presence", track, "1")
        assert answer == {"status": "error", "response": {}}


def test_presence_has_its_limits(start_live: Callable[..., Live]) -> None:
    live = start_live(Limits(presences_a_second=5, presence_bytes=100))
    with live.wire() as wire:
        assert wire.join("pots:lobby") == JOINED
        answer = wire.ask(LOBBY, "presence", {"event": "track", "payload": [1]}, "1")
        assert answer == refused("Presence track payload must be a map")
        wire.send(LOBBY, "presence", {"event": "track", "payload": {"x": "y" * 200}}, "1")
        assert wire.receive()[4]["message"] == "Track message size exceeded"
        assert wire.receive()[3] == "phx_close"
        join_ref = str(wire._ref + 1)
        assert wire.join("pots:lobby") == JOINED
        for n in range(30):
            wire.send(LOBBY, "presence", {"event": "track", "payload": {"n": n}}, join_ref)
        seen = [wire.receive() for _ in range(5)]
        while seen[-1][3] != "phx_close":
            seen.append(wire.receive())
        assert seen[-2][4]["message"] == "Client presence rate limit exceeded"


def test_a_message_comes_after_its_commit_and_never_of_a_rollback(live: Live, db: Database) -> None:
    with live.wire() as wire, db.connect(autocommit=False) as conn:
        assert wire.join("pots:lobby") == JOINED
        conn.execute("select realtime.send('{\"n\": 1}', 'e', 'pots:lobby')")
        assert wire.is_silent()
        conn.rollback()
        conn.execute("select realtime.send('{\"n\": 2}', 'e', 'pots:lobby')")
        assert wire.is_silent()
        conn.commit()
        assert wire.receive()[4]["payload"]["n"] == 2


def test_messages_come_in_the_order_of_their_commits(live: Live, db: Database) -> None:
    with live.wire() as wire:
        assert wire.join("pots:lobby") == JOINED
        with db.connect(autocommit=False) as first, db.connect(autocommit=False) as second:
            first.execute("select realtime.send('{\"n\": 1}', 'e', 'pots:lobby')")
            second.execute("select realtime.send('{\"n\": 2}', 'e', 'pots:lobby')")
            first.execute("select realtime.send('{\"n\": 3}', 'e', 'pots:lobby')")
            second.commit()
            first.commit()
        assert [wire.receive()[4]["payload"]["n"] for _ in range(3)] == [2, 1, 3]
        with db.connect() as conn:
            for start in range(0, 500, 50):
                conn.execute(
                    "select count(realtime.send(jsonb_build_object('n', n), 'e', 'pots:lobby'))"
                    " from generate_series(%s::int, %s::int) as n",
                    [start, start + 49],
                )
        assert [wire.receive()[4]["payload"]["n"] for _ in range(500)] == list(range(500))


def test_a_probe_leaves_no_message(live: Live, db: Database) -> None:
    with live.wire() as wire:
        assert wire.join("pots:lobby", presence={"enabled": True}) == JOINED
        assert wire.receive()[3] == "presence_state"
        assert wire.ask(LOBBY, "presence", {"event": "track", "payload": {}}, "1") == OK
    with db.admin() as conn:
        assert conn.execute("select count(*) from realtime.messages").fetchone() == (0,)


def test_a_row_that_a_watcher_writes_itself_is_no_message(live: Live, db: Database) -> None:
    """The policy for presence lets a row in, if somebody could write one: nobody hears of it."""
    topic = f"pots:{uuid.uuid4()}"

    def write(extension: str, n: int) -> None:
        with db.as_role("anon") as conn:
            conn.execute("select set_config('realtime.topic', %s, true)", [topic])
            conn.execute(
                "insert into realtime.messages (topic, extension, event, payload, private)"
                " values (%s, %s, 'settled', jsonb_build_object('n', %s::int), true)",
                [topic, extension, n],
            )

    with live.wire() as wire:
        assert wire.join(topic) == JOINED
        write("presence", 1)
        for extension in ("broadcast", "postgres_changes"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                write(extension, 2)
        with db.admin() as conn:
            conn.execute(
                "insert into realtime.messages (topic, extension, event, payload, private)"
                " values (%s, 'postgres_changes', 'settled', '{\"n\": 3}', true)",
                [topic],
            )
        send(db, topic, n=4)
        message = wire.receive()
        assert (message[2], message[4]["payload"]["n"]) == (f"realtime:{topic}", 4)


def test_the_stream_comes_back_when_the_database_cuts_it(live: Live, db: Database) -> None:
    with live.wire() as wire, db.admin() as conn:
        assert wire.join("pots:lobby") == JOINED
        conn.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and application_name = 'pypot realtime'"
        )
        numbers = iter(range(1000))

        def hears() -> bool:
            send(db, "pots:lobby", n=next(numbers))
            try:
                return bool(wire.receive(0.2)[3] == "broadcast")
            except TimeoutError:
                return False

        wait_for(hears, "the stream never came back")


def test_the_slot_goes_with_the_api(db: Database) -> None:
    slots = (
        "select count(*) from pg_replication_slots where database = current_database() and active"
    )
    with db.admin() as conn:
        with live_over(db) as live, live.wire() as wire:
            assert wire.join("pots:lobby") == JOINED
            assert conn.execute(slots).fetchone() == (1,)
        assert conn.execute(slots).fetchone() == (0,)
