"""A running API with realtime over a database, raw sockets to it, and supabase-js in Node."""

import contextlib
import json
import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from websockets.sync.client import connect
from websockets.sync.connection import Connection

from pypot_cli.api.realtime import Realtime
from pypot_cli.api.realtime.identity import AuthorityTokens
from pypot_cli.api.realtime.limits import Limits
from pypot_cli.api.settings import Limits as ApiLimits
from pypot_cli.api.settings import Settings
from pypot_cli.api.tokens import Authority
from tests.support.api import Api, hs256, running
from tests.support.database import Database, player_claims

PATIENCE_SECONDS = 60.0

_CLIENT = Path(__file__).with_name("realtime_client.mjs")


class Live:
    """A served API with realtime; `url` is what a Supabase client is given."""

    def __init__(self, api: Api) -> None:
        self.settings = api.settings
        self.url = api.url
        self._api = api

    @property
    def key(self) -> str:
        """The publishable key."""
        return self.settings.publishable_key

    def legacy_key(self) -> str:
        """The anon key that is a JWT."""
        return self._api.anon_key

    def token(self, user_id: UUID, seconds: int = 3600, **claims: Any) -> str:
        """A signed-in user's token that ends in so many seconds."""
        return hs256({**player_claims(user_id), "exp": seconds, **claims})

    def socket_url(self, *, key: str | None = None, vsn: str = "2.0.0") -> str:
        """Where a websocket connects."""
        place = f"{self.url.replace('http', 'ws', 1)}/realtime/v1/websocket"
        return f"{place}?apikey={self.key if key is None else key}&vsn={vsn}"

    @contextlib.contextmanager
    def wire(self, *, key: str | None = None, vsn: str = "2.0.0") -> Iterator["Wire"]:
        """A raw socket."""
        url = self.socket_url(key=key, vsn=vsn)
        with connect(url, max_size=None, close_timeout=1) as socket:
            yield Wire(socket, vsn)


@contextlib.contextmanager
def live_over(db: Database, limits: Limits | None = None, **changes: Any) -> Iterator[Live]:
    """Serves a database until the block ends; `changes` are fields of the API's Settings."""

    def part(settings: Settings, authority: Authority) -> Realtime:
        url = settings.stream_url or settings.database_url
        return Realtime(url, AuthorityTokens(authority), limits)

    bounds = ApiLimits() if limits is None else ApiLimits(body=limits.frame_bytes)
    with running(db, [part], limits=bounds, **changes) as api:
        yield Live(api)
    # The server needs a moment to see that a stream has ended, and drops no database before.
    slots = "select count(*) from pg_replication_slots where database = current_database()"
    with db.admin() as conn:
        wait_for(lambda: conn.execute(slots).fetchone() == (0,), "a slot was left")


class Wire:
    """Messages of either version over a raw socket, as [join_ref, ref, topic, event, payload]."""

    def __init__(self, socket: Connection, vsn: str) -> None:
        self.socket = socket
        self._vsn = vsn
        self._ref = 0

    def send(self, topic: str, event: str, payload: Any, join_ref: str | None = None) -> str:
        """Sends one; its ref."""
        self._ref += 1
        ref = str(self._ref)
        if self._vsn == "2.0.0":
            self.socket.send(json.dumps([join_ref or ref, ref, topic, event, payload]))
        else:
            message = {"topic": topic, "event": event, "payload": payload, "ref": ref}
            self.socket.send(json.dumps({**message, "join_ref": join_ref or ref}))
        return ref

    def receive(self, within: float = PATIENCE_SECONDS) -> list[Any]:
        """The next one; a binary broadcast reads as the text one would."""
        frame = self.socket.recv(within)
        if isinstance(frame, bytes):
            return read_broadcast(frame)
        value = json.loads(frame)
        if isinstance(value, list):
            return value
        assert set(value) == {"topic", "event", "payload", "ref"}
        return [None, value["ref"], value["topic"], value["event"], value["payload"]]

    def receive_all(self) -> None:
        """Receives until the socket is closed, which raises."""
        while True:
            self.receive()

    def ask(self, topic: str, event: str, payload: Any, join_ref: str | None = None) -> Any:
        """Sends one; the payload of the reply to it, which must be what comes next."""
        ref = self.send(topic, event, payload, join_ref)
        answer = self.receive()
        assert answer[1:4] == [ref, topic, "phx_reply"], answer
        return answer[4]

    def join(self, topic: str, *, token: str | None = None, **config: Any) -> Any:
        """Joins; the payload of the reply."""
        payload: dict[str, Any] = {"config": {"private": True, **config}}
        if token is not None:
            payload["access_token"] = token
        return self.ask(f"realtime:{topic}", "phx_join", payload)

    def is_silent(self, seconds: float = 0.5) -> bool:
        """Whether nothing more comes: a heartbeat's reply is next, however long one waits."""
        time.sleep(seconds)
        return bool(self.ask("phoenix", "heartbeat", {}) == OK)


OK: dict[str, Any] = {"status": "ok", "response": {}}
JOINED: dict[str, Any] = {"status": "ok", "response": {"postgres_changes": []}}


def refused(reason: str) -> dict[str, Any]:
    """The payload of a reply that refuses a join."""
    return {"status": "error", "response": {"reason": reason}}


def unauthorized(topic: str) -> dict[str, Any]:
    """The payload of a reply to whom the policies do not show the topic."""
    return refused(
        f"Unauthorized: You do not have permissions to read from this Channel topic: {topic}"
    )


def read_broadcast(frame: bytes) -> list[Any]:
    """A binary broadcast of version 2.0.0, read by the layout that realtime-js documents."""
    kind, topic, event, meta, encoding = frame[:5]
    assert (kind, encoding) == (4, 1), frame
    parts, at = [], 5
    for length in (topic, event, meta):
        parts.append(frame[at : at + length].decode())
        at += length
    payload = {"type": "broadcast", "event": parts[1], "payload": json.loads(frame[at:])}
    if parts[2]:
        payload["meta"] = json.loads(parts[2])
    return [None, None, parts[0], "broadcast", payload]


def wait_for(condition: Callable[[], Any], otherwise: str) -> None:
    """Returns once the condition holds; fails when it never does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.01)


class Js:
    """supabase-js in a Node process."""

    def __init__(self, node_modules: Path) -> None:
        self._process = subprocess.Popen(
            ["node", str(_CLIENT), str(node_modules)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "DO_NOT_TRACK": "1"},
        )
        self._lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self.seen: list[dict[str, Any]] = []
        threading.Thread(target=self._read, daemon=True).start()
        self.expect(on="ready")

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(json.loads(line))

    def do(self, command: str, **arguments: Any) -> None:
        """Has it do something."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": command, **arguments}) + "\n")
        self._process.stdin.flush()

    def client(self, live: Live, name: str = "main", token: str | None = None) -> None:
        """Makes a client; with a token, one that shows it from its first join on."""
        self.do("client", name=name, url=live.url, key=live.key)
        self.expect(on="done", of="client")
        if token is not None:
            self.do("setAuth", name=name, token=token)
            self.expect(on="done", of="setAuth")

    def ask(self, command: str, name: str, **arguments: Any) -> dict[str, Any]:
        """Has a client do something that is answered: `data`, `error` and for a call `status`."""
        self.do(command, name=name, **arguments)
        return self.expect(on="answer", of=arguments.get("call", command))

    def rpc(self, name: str, function: str, /, **arguments: Any) -> dict[str, Any]:
        """Has a client call a function."""
        return self.ask("rpc", name, call=function, args=arguments)

    def heard(self, topic: str, event: str, name: str = "main", **payload: Any) -> dict[str, Any]:
        """The payload of a broadcast that says all this, whether it came before or is to come."""
        found: list[dict[str, Any]] = []

        def came() -> bool:
            self.drain(0.05)
            found[:] = [
                line["message"]["payload"]
                for line in self.seen
                if line.get("id") == f"{name} {topic}"
                and line["on"] == "broadcast"
                and line["message"]["event"] == event
                and payload.items() <= line["message"]["payload"].items()
            ]
            return bool(found)

        wait_for(came, f"{name} never heard {event} {payload} on {topic}")
        return found[0]

    def subscribe(
        self, topic: str, name: str = "main", *, presence: bool = False, **config: Any
    ) -> dict[str, Any]:
        """Subscribes to a topic, a private one by default; the first status."""
        self.do(
            "subscribe",
            name=name,
            id=f"{name} {topic}",
            topic=topic,
            config={"private": True, **config},
            presence=presence,
        )
        return self.expect(id=f"{name} {topic}", on="status")

    def expect(self, **what: Any) -> dict[str, Any]:
        """The next line that says all this; what is passed over is in `seen`."""
        return self.expect_each(what)[0]

    def expect_each(self, *whats: dict[str, Any]) -> list[dict[str, Any]]:
        """The next line for each of these, in whatever order they come."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        found: dict[int, dict[str, Any]] = {}
        while len(found) < len(whats):
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"never all of {whats}; last: {self.seen[-5:]}") from None
            self.seen.append(line)
            if line.get("on") == "failed":
                raise AssertionError(line)
            for place, what in enumerate(whats):
                if place not in found and what.items() <= line.items():
                    found[place] = line
                    break
        return [found[place] for place in range(len(whats))]

    def hear(self, topic: str, event: str, name: str = "main") -> dict[str, Any]:
        """The payload of the next broadcast of that event."""
        while True:
            line = self.expect(id=f"{name} {topic}", on="broadcast")
            if line["message"]["event"] == event:
                payload: dict[str, Any] = line["message"]["payload"]
                return payload

    def drain(self, seconds: float = 0.5) -> list[dict[str, Any]]:
        """Everything said until it has been silent for that long."""
        lines: list[dict[str, Any]] = []
        with contextlib.suppress(queue.Empty):
            while True:
                lines.append(self._lines.get(timeout=seconds))
        self.seen += lines
        return lines

    def close(self) -> None:
        """Ends it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE_SECONDS)
        self._process.stdout.close()
