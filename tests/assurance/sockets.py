"""The harness of sockets: whatever a websocket is sent, the server stays up and the others hear.

Each attack has a socket of its own, which may be closed for it. After each one a bystander, who
joined the lobby before all of them, still hears what the database says and is answered. Nobody
joins a private topic that is not theirs, whatever they show; a socket whose token is swapped for a
forged one hears nothing more. No attack makes the API log an exception, keep memory, or tell a
token.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import secrets
import socket
import struct
import tempfile
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage
from websockets.sync.client import connect

from pypot_cli.assure import Harness, Run
from tests.assurance.fuzz import api_log_problems, leaks
from tests.support.api import hs256
from tests.support.database import Database, player_claims
from tests.support.realtime import JOINED, OK, Wire
from tests.support.served import served
from tests.support.servers import Servers, Template

LOBBY = "realtime:pots:lobby"
# Python gives memory back late, and pieces of it never; a leak goes on and on.
MOST_GROWTH = 48 * 2**20
# Far above what any answer takes, on a busy machine too.
_ANSWER_SECONDS = 60.0
_ENDED = (ConnectionClosed, InvalidHandshake, InvalidMessage, OSError, TimeoutError)


@dataclass(frozen=True)
class Target:
    """A running API with realtime over a database."""

    db: Database
    port: int
    key: str
    secret: str

    @contextlib.contextmanager
    def wire(self, vsn: str = "2.0.0") -> Iterator[Wire]:
        """A socket that may be closed by the other side."""
        url = f"ws://127.0.0.1:{self.port}/realtime/v1/websocket?apikey={self.key}&vsn={vsn}"
        with connect(url, max_size=None, open_timeout=_ANSWER_SECONDS, close_timeout=1) as opened:
            yield Wire(opened, vsn)

    def token(self, user_id: uuid.UUID, secret: str | None = None) -> str:
        """A player's token, signed with the API's secret or another."""
        return hs256({**player_claims(user_id), "exp": 3600}, secret or self.secret)

    def say(self, topic: str, number: int) -> None:
        """One message of the database's."""
        with self.db.connect() as conn:
            conn.execute(
                "select realtime.send(jsonb_build_object('n', %s::int), 'e', %s, true)",
                [number, topic],
            )


# ------------------------------------------------------------------------------------ the attacks


class Attacks:
    """Every attack, by the chances of one seed; each returns what is wrong."""

    def __init__(self, target: Target, chance: random.Random, scale: int) -> None:
        """`scale` is how often what is repeated is repeated."""
        self._target = target
        self._chance = chance
        self._scale = scale

    def everything(self) -> list[Callable[[], list[str]]]:
        """All of them, in an order by the seed."""
        attacks = [
            self.no_messages,
            self.messages_of_odd_parts,
            self.broken_broadcasts,
            self.a_huge_frame,
            self.endless_fragments,
            self.a_flood_of_pings,
            self.broken_frames,
            self.others_topics,
            self.swapped_tokens,
            self.odd_heartbeats,
            self.many_topics,
            self.the_deepest_presence,
            self.handshakes,
            self.a_flood_that_nobody_reads,
        ]
        self._chance.shuffle(attacks)
        return attacks

    def no_messages(self) -> list[str]:
        """Frames that are no messages, of either version: passed over, as on Supabase."""
        for vsn in ("1.0.0", "2.0.0"):
            with self._target.wire(vsn) as wire:
                for _ in range(10 * self._scale):
                    self._pause()
                    wire.socket.send(self._chance.choice(_NO_MESSAGES))
                    wire.socket.send(self._chance.randbytes(self._chance.randrange(300)))
                    wire.socket.send(self._changed_text())
                if problems := self._still_answers(wire, "frames that are no messages"):
                    return problems
        return []

    def messages_of_odd_parts(self) -> list[str]:
        """Messages whose event, payload or refs are of any kind, on a channel and on none."""
        with self._target.wire() as wire:
            self._join(wire)
            for _ in range(10 * self._scale):
                parts = [
                    self._chance.choice(("1", None, "x" * 2_000, 7, 10**300, "\ud800", "a\0b")),
                    self._chance.choice(("2", None, "", -1, "\u202e")),
                    self._chance.choice((LOBBY, "phoenix", "realtime:", "realtime:" + "x" * 600)),
                    self._chance.choice(_EVENTS),
                    self._chance.choice(_PAYLOADS),
                ]
                self._pause()
                wire.socket.send(json.dumps(parts))
            return self._still_answers(wire, "messages of odd parts")

    def broken_broadcasts(self) -> list[str]:
        """Binary broadcasts whose lengths, topics and bodies do not fit."""
        whole = bytes([3, 1, 1, len(LOBBY), 1, 0, 1]) + f"11{LOBBY}e".encode() + b'{"a":1}'
        with self._target.wire() as wire:
            self._join(wire)
            for _ in range(20 * self._scale):
                at = self._chance.randrange(len(whole))
                changed = whole[:at] + bytes([self._chance.randrange(256)]) + whole[at + 1 :]
                self._pause()
                wire.socket.send(self._chance.choice((changed, whole[:at], changed + whole)))
            return self._still_answers(wire, "broken broadcasts")

    def a_huge_frame(self) -> list[str]:
        """A frame above the limit closes the socket with 1009."""
        for frame in ("x" * (2**20 + 1), b"\3" * (2**20 + 1)):
            with self._target.wire() as wire:
                wire.socket.send(frame)
                if (code := self._closed(wire)) != 1009:
                    return [f"a frame above a megabyte ended with {code}"]
        return []

    def endless_fragments(self) -> list[str]:
        """A message in pieces that never ends is cut off at the limit."""
        with self._target.wire() as wire, contextlib.suppress(*_ENDED):
            wire.socket.send(iter(["x" * 65_536] * 64))
        with self._raw() as raw, contextlib.suppress(OSError):
            raw.sendall(_frame(1, b"x", final=False))
            for _ in range(200 * self._scale):
                raw.sendall(_frame(0, b"", final=False))
        return []

    def a_flood_of_pings(self) -> list[str]:
        """Pings, and never a look at what comes back."""
        with self._raw() as raw, contextlib.suppress(OSError):
            raw.settimeout(2)
            for _ in range(10 * self._scale):
                raw.sendall(_frame(9, b"x" * 125) * 100)
        return []

    def broken_frames(self) -> list[str]:
        """Bytes that are no frames, or frames that nobody may send."""
        for data in (
            b"GET / HTTP/1.1\r\n\r\n",
            os.urandom(200),
            b"\x81\x05hello",
            _frame(3, b"x"),
            _frame(9, b"x" * 126),
            _frame(1, b"\xff\xfe"),
            _frame(8, b"\x03"),
            _frame(8, b"\x00\x00x"),
            _frame(1, b"x", reserved=0x40),
            _frame(0, b"x"),
            _frame(1, b"a", final=False) * 2,
            b"\x81\xff" + b"\xff" * 8 + b"mask",
            b"\x81\xfe",
            b"\x88\x80mask" * 3,
        ):
            with self._raw() as raw, contextlib.suppress(OSError):
                raw.sendall(data)
                raw.settimeout(0.2)
                raw.recv(4096)
        return []

    def others_topics(self) -> list[str]:
        """Private topics of others, with no token, one's own, a forged and a broken one."""
        mine, other = uuid.uuid4(), uuid.uuid4()
        problems = []
        tokens = {
            "no token": None,
            "another's token": self._target.token(mine),
            "a forged token": self._target.token(other, "x" * 40),
            "no token at all": "a.b.c",
            "a token of alg none": _unsigned({**player_claims(other), "exp": 2**31}),
        }
        topics = (f"wallet:{other}", f"WALLET:{other}", "alerts", "wallet:*", "wallet:%", "events")
        for what, token in tokens.items():
            with self._target.wire() as wire:
                problems += [
                    f"{topic.partition(':')[0]} was joined with {what}"
                    for topic in topics
                    if wire.join(topic, token=token)["status"] == "ok"
                ]
        return problems

    def swapped_tokens(self) -> list[str]:
        """A channel whose token is swapped for another's or a forged one hears nothing more."""
        mine, other = uuid.uuid4(), uuid.uuid4()
        problems = []
        for what, token in (
            ("another's", self._target.token(other)),
            ("a forged", self._target.token(mine, "x" * 40)),
            ("an unsigned", _unsigned({**player_claims(mine), "exp": 2**31})),
            ("a broken", "a.b.c"),
        ):
            with self._target.wire() as wire:
                topic = f"wallet:{mine}"
                if wire.join(topic, token=self._target.token(mine)) != JOINED:
                    problems.append("an own wallet could not be joined")
                swaps: tuple[Any, ...] = (7, {}, None, "sb_secret_x", token)
                for swap in swaps:
                    wire.send(f"realtime:{topic}", "access_token", {"access_token": swap}, "1")
                wire.send("phoenix", "heartbeat", {})
                said: list[str] = []
                while "phx_reply" not in said:
                    said.append(wire.receive()[3])
                if said != ["system", "phx_close", "phx_reply"]:
                    problems.append(f"{what} token in place of one's own was taken")
                    continue
                self._target.say(topic, 1)
                if not wire.is_silent(0.2):
                    problems.append(f"with {what} token a wallet is still heard")
        return problems

    def odd_heartbeats(self) -> list[str]:
        """Heartbeats with whatever beside them are answered all the same."""
        with self._target.wire() as wire:
            for payload in _PAYLOADS:
                if wire.ask("phoenix", "heartbeat", payload) != OK:
                    return [f"a heartbeat with {str(payload)[:20]} was not answered"]
        return []

    def many_topics(self) -> list[str]:
        """More topics than a socket may have, and each again and again."""
        with self._target.wire() as wire:
            answers = [wire.join(f"pots:{number}")["status"] for number in range(130)]
            if answers.count("ok") > 100:
                return [f"a socket joined {answers.count('ok')} topics"]
        return []

    def the_deepest_presence(self) -> list[str]:
        """What one tells of oneself is refused where it is too deep to be told to others."""
        topic = f"deep:{uuid.UUID(int=self._chance.getrandbits(128))}"
        presence = {"enabled": True}
        with self._target.wire() as other:
            other.join(topic, private=False, presence=presence)
            # Written for others it is nested deeper than it came, so there is a depth in between.
            for depth in (150, *range(940, 980, 3)):
                with self._target.wire() as wire, contextlib.suppress(*_ENDED):
                    wire.join(topic, private=False, presence=presence)
                    told = "[" * depth + "]" * depth
                    wire.socket.send(
                        f'["1","9","realtime:{topic}","presence",{{"event":"track",'
                        f'"payload":{{"a":{told}}}}}]'
                    )
                    with self._target.wire() as third:
                        ref = third.send(f"realtime:{topic}", "phx_join", _wants(presence))
                        try:
                            third.receive()
                            third.ask("phoenix", "heartbeat", {})
                        except ConnectionClosed:
                            return [f"a presence {depth} deep ends the sockets of others ({ref})"]
                        except AssertionError:
                            continue  # the presence came before the heartbeat's answer
        return []

    def handshakes(self) -> list[str]:
        """Handshakes that are none are answered or ended, and cost nothing."""
        path = "/realtime/v1/websocket"
        good = f"{path}?apikey={self._target.key}"
        for lines in (
            f"GET {path} HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade",
            f"GET {path}?apikey=%00&vsn=%ff HTTP/1.1\r\n{_UPGRADE}",
            f"GET {path}?apikey={'x' * 9_000} HTTP/1.1\r\n{_UPGRADE}",
            f"GET {good}&vsn=9 HTTP/1.1\r\n{_UPGRADE}",
            f"POST {good} HTTP/1.1\r\n{_UPGRADE}",
            f"GET {good} HTTP/1.1\r\n{_UPGRADE.replace('13', '99')}",
            f"GET {good} HTTP/1.1\r\nX-Junk: {'x' * 70_000}\r\n{_UPGRADE}",
            f"GET {good} HTTP/1.1\r\n{_UPGRADE.replace('dGhl', '!')}",
        ):
            with (
                socket.create_connection(("127.0.0.1", self._target.port), 5) as raw,
                contextlib.suppress(OSError),
            ):
                raw.sendall(f"{lines}\r\nHost: a\r\n\r\n".encode("latin-1"))
                raw.settimeout(0.5)
                if raw.recv(4096).startswith(b"HTTP/1.1 101"):
                    return [f"a handshake was taken: {lines[-200:]}"]
        return []

    def a_flood_that_nobody_reads(self) -> list[str]:
        """Heartbeats without a look at the answers, until the socket is closed for it."""
        with self._target.wire() as wire, contextlib.suppress(*_ENDED):
            for number in range(100 * self._scale):
                wire.socket.send(f'[null,"{number}","phoenix","heartbeat",{{}}]')
        return []

    # ---------------------------------------------------------------------------------- their parts

    def _join(self, wire: Wire) -> None:
        assert wire.join("pots:lobby") == JOINED

    def _still_answers(self, wire: Wire, what: str) -> list[str]:
        """Asks for something, and passes over the answers to all that came before."""
        time.sleep(0.5)
        ref = wire.send("phoenix", "heartbeat", {})
        try:
            while wire.receive()[1] != ref:
                pass
        except ConnectionClosed as error:
            return [f"the socket ended after {what}: {error}"]
        except TimeoutError:
            return [f"no answer after {what}"]
        return []

    def _closed(self, wire: Wire) -> int | None:
        try:
            wire.receive_all()
        except ConnectionClosed as error:
            return error.rcvd.code if error.rcvd else None
        except TimeoutError:
            return None
        return None

    def _pause(self) -> None:
        # Below the limit of messages a second: what is looked for is what a message does.
        time.sleep(0.006)

    def _changed_text(self) -> str:
        whole = '["1","2","realtime:pots:lobby","phx_join",{"config":{"private":true}}]'
        at = self._chance.randrange(len(whole))
        return whole[:at] + self._chance.choice('"[]{},:\\\u20ac0e') + whole[at + 1 :]

    @contextlib.contextmanager
    def _raw(self) -> Iterator[socket.socket]:
        """A connection after a handshake that was taken, to write bytes on."""
        with socket.create_connection(("127.0.0.1", self._target.port), _ANSWER_SECONDS) as raw:
            path = f"/realtime/v1/websocket?apikey={self._target.key}&vsn=2.0.0"
            raw.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n{_UPGRADE}\r\n\r\n".encode())
            assert raw.recv(4096).startswith(b"HTTP/1.1 101")
            raw.settimeout(5)
            yield raw


_UPGRADE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13"
)
_NO_MESSAGES: tuple[str | bytes, ...] = (
    "",
    "{",
    "[]",
    "null",
    "1",
    '"',
    "[1,2,3]",
    "{}",
    "[" * 5_000,
    "1" * 5_000,
    "NaN",
    "\x00",
    "[null,null,null,null,null]",
    '["1","1",5,"phx_join",{}]',
    '["1","1","realtime:\\ud800","x",{}]',
    '{"topic":1,"event":2,"payload":3,"ref":4}',
    b"",
    b"\x03",
    b"\x04abc",
    b"\x03" + b"\xff" * 300,
)
_EVENTS = (
    "phx_join",
    "phx_leave",
    "phx_close",
    "phx_reply",
    "phx_error",
    "broadcast",
    "presence",
    "system",
    "presence_state",
    "access_token",
    "postgres_changes",
    "heartbeat",
    "",
    "x" * 3_000,
    "\ud800",
    "__init__",
    "handle",
    "a\0b",
)
_PAYLOADS: tuple[Any, ...] = (
    None,
    1,
    "",
    [],
    {},
    "x" * 5_000,
    {"config": None},
    {"config": {"private": "yes"}},
    {"config": {"broadcast": 1, "presence": {"key": {}}}},
    {"access_token": {}},
    {"event": "track"},
    {"event": "track", "payload": []},
    {"event": ["track"]},
    {"event": "untrack", "payload": "\ud800"},
    {"config": {"private": True, "presence": {"enabled": True, "key": "\ud800"}}},
    [[[[[[]]]]]],
    {"config": {"private": True, "postgres_changes": [{"event": "*", "schema": "auth"}]}},
    10**300,
    {"type": "broadcast", "event": "settled", "payload": {"winner": "me"}},
    {"__proto__": 1},
)


def _wants(presence: dict[str, Any]) -> dict[str, Any]:
    return {"config": {"private": False, "presence": presence}}


def _frame(opcode: int, data: bytes, *, final: bool = True, reserved: int = 0) -> bytes:
    """A client's frame, of any kind (RFC 6455)."""
    head = bytes([(0x80 if final else 0) | reserved | opcode])
    size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data))
    return head + size + bytes(4) + data


def _unsigned(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "", algorithm="none")


# ------------------------------------------------------------------------------------ what follows


def play(
    target: Target,
    seed: int,
    scale: int,
    within: float = _ANSWER_SECONDS,
    only: Collection[str] = (),
) -> list[str]:
    """Every attack once, or those named; after each the bystander must hear, within the seconds."""
    problems: list[str] = []
    attacks = Attacks(target, random.Random(seed), scale).everything()
    with target.wire() as bystander:
        if bystander.join("pots:lobby") != JOINED:
            return ["the lobby could not be joined"]
        for number, attack in enumerate(attacks):
            if only and attack.__name__ not in only:
                continue
            try:
                problems += attack()
            except Exception as error:
                problems.append(f"{attack.__name__}: {type(error).__name__}: {str(error)[:100]}")
            if said := _unharmed(target, bystander, number, within):
                problems.append(f"{attack.__name__}: {said}")
                break
    return problems


def _unharmed(target: Target, bystander: Wire, number: int, within: float) -> str | None:
    try:
        target.say("pots:lobby", number)
        while True:
            message = bystander.receive(within)
            if message[3] == "broadcast" and message[4]["payload"].get("n") == number:
                break
        ref = bystander.send("phoenix", "heartbeat", {})
        while bystander.receive(within)[1] != ref:
            pass
    except ConnectionClosed:
        return "a bystander's socket ended"
    except TimeoutError:
        return "a bystander hears nothing"
    return None


def log_problems(log: str) -> list[str]:
    """What the API logged of its sockets that no client may be the cause of."""
    found = api_log_problems(log)
    for line in log.splitlines():
        with contextlib.suppress(ValueError):
            told = json.loads(line)
            # Text that is no UTF-8 is uvicorn's to find, and the socket's end.
            if str(told.get("message")).startswith("Invalid UTF-8"):
                continue
            if told["event"] == "realtime_socket_failed" or told.get("error"):
                found.append(f"the API's log: {told['event']} {told.get('why') or told['error']}")
    return list(dict.fromkeys(found))


def grown(before: int, after: int) -> list[str]:
    """Whether memory has grown beyond what is given back late; bytes."""
    more = after - before
    return [f"the API keeps {more // 2**20} MB more"] if more > MOST_GROWTH else []


def run(going: Run) -> None:
    """Every attack again and again, in other orders; memory is compared with that after two."""
    servers = Servers()
    rounds, first = 0, 0
    try:
        with tempfile.TemporaryDirectory() as directory:
            db = servers.create(Template(17))
            with served(db, Path(directory) / "sockets.log", secret=secrets.token_hex(24)) as api:
                target = Target(db, api.port, api.publishable_key, api.secret)
                while rounds < 3 or going.left > 30:
                    for problem in play(target, going.seed + rounds, scale=20):
                        going.fail(f"seed {going.seed + rounds}: {problem}")
                    rounds += 1
                    if rounds == 2:
                        first = api.memory
                    going.say(f"round {rounds}: {api.memory // 2**20} MB")
                for sentence in grown(first, api.memory):
                    going.fail(sentence)
                going.figure(
                    "attacks", rounds * len(Attacks(target, random.Random(), 1).everything())
                )
                going.figure("memory after two rounds, MB", first // 2**20)
                going.figure("memory at the end, MB", api.memory // 2**20)
            for sentence in log_problems(api.log):
                going.fail(sentence)
            for sentence in leaks({"the key of tokens": [api.secret]}, api.log):
                going.fail(sentence)
    finally:
        servers.stop()


HARNESS = Harness(
    name="sockets",
    what=(
        "Websockets send what is no frame, no message and no token, in floods and in pieces: the "
        "server stays, the others hear, no private topic is joined"
    ),
    minutes=5,
    threats=(45,),
    controls=(
        "tests/assurance/test_sockets.py::test_a_server_that_lets_everybody_in_is_found_out",
        "tests/assurance/test_sockets.py::test_a_server_that_forgets_the_others_is_found_out",
        "tests/assurance/test_sockets.py::test_what_is_logged_and_kept_is_found_out",
    ),
    run=run,
)
