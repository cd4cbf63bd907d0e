"""Who is subscribed to what: topics, their subscribers, and who of them is present.

A private and a public topic of one name are two rooms: nothing said in one is heard in the other.
"""

import asyncio
import itertools
from collections.abc import Mapping
from typing import Any, Protocol

from pypot_cli.api.realtime.protocol import Broadcast, Codec, Frame, Message

_DIFF_SECONDS = 0.05

Metas = dict[str, dict[str, list[dict[str, Any]]]]


class Member(Protocol):
    """A subscriber of a room."""

    @property
    def codec(self) -> Codec:
        """The version that it speaks."""

    @property
    def hears_broadcasts(self) -> bool:
        """Whether it may read broadcasts."""

    @property
    def hears_presence(self) -> bool:
        """Whether it may read presence."""

    def push(self, frame: Frame) -> None:
        """Puts a frame into its queue; never blocks."""


class Room:
    """One topic; `topic` has the prefix that clients use."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.members: dict[Member, None] = {}
        self.presence = Presence(self)

    def say(self, what: Broadcast | Message, *, but: Member | None = None) -> None:
        """Broadcasts to every subscriber but one; encoded once a version."""
        frames: dict[Codec, Frame | None] = {}
        # A member that is dropped for its full queue leaves meanwhile.
        for member in list(self.members):
            if member is but or not member.hears_broadcasts:
                continue
            if member.codec not in frames:
                frames[member.codec] = _encode(member.codec, self.topic, what)
            if (frame := frames[member.codec]) is not None:
                member.push(frame)

    def tell_presence(self, payload: Mapping[str, Any]) -> None:
        """Sends a presence_diff to those who may read presence."""
        message = Message(None, None, self.topic, "presence_diff", payload)
        frames: dict[Codec, Frame] = {}
        for member in list(self.members):
            if member.hears_presence:
                if member.codec not in frames:
                    frames[member.codec] = member.codec.encode(message)
                member.push(frames[member.codec])


class Presence:
    """Who is in a room: a key each (several sockets may share one), and what they tell.

    Changes are told a twentieth of a second later, together, so that a crowd that comes at once
    costs as many messages as there are such intervals and not as there are people.
    """

    _refs = itertools.count(1)

    def __init__(self, room: Room) -> None:
        self._room = room
        self._present: dict[Member, tuple[str, dict[str, Any]]] = {}
        self._joined: list[tuple[str, dict[str, Any]]] = []
        self._left: list[tuple[str, dict[str, Any]]] = []
        self._timer: asyncio.TimerHandle | None = None

    def track(self, member: Member, key: str, payload: Mapping[str, Any]) -> None:
        """Says that the member is here, or what it tells now."""
        meta = {**payload, "phx_ref": f"{next(self._refs):x}"}
        if (before := self._present.get(member)) is not None:
            meta["phx_ref_prev"] = before[1]["phx_ref"]
            self._left.append(before)
        self._present[member] = (key, meta)
        self._joined.append((key, meta))
        self._tell_soon()

    def untrack(self, member: Member) -> None:
        """Says that the member is gone, if it was here."""
        if (before := self._present.pop(member, None)) is not None:
            self._left.append(before)
            self._tell_soon()

    def state(self) -> Metas:
        """Everybody who is here, by key."""
        return _by_key(list(self._present.values()))

    def close(self) -> None:
        """Nobody is left to be told."""
        if self._timer is not None:
            self._timer.cancel()

    def _tell_soon(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_DIFF_SECONDS, self._tell)

    def _tell(self) -> None:
        payload = {"joins": _by_key(self._joined), "leaves": _by_key(self._left)}
        self._timer, self._joined, self._left = None, [], []
        self._room.tell_presence(payload)


class Rooms:
    """Every room that has a subscriber."""

    def __init__(self) -> None:
        self._rooms: dict[tuple[bool, str], Room] = {}

    def enter(self, member: Member, private: bool, topic: str) -> Room:
        """Subscribes; `topic` has no prefix."""
        key = (private, topic)
        if key not in self._rooms:
            self._rooms[key] = Room(f"realtime:{topic}")
        self._rooms[key].members[member] = None
        return self._rooms[key]

    def leave(self, member: Member, private: bool, topic: str) -> None:
        """Ends a subscription, and the presence with it."""
        room = self._rooms[private, topic]
        room.presence.untrack(member)
        del room.members[member]
        if not room.members:
            room.presence.close()
            del self._rooms[private, topic]

    def find(self, private: bool, topic: str) -> Room | None:
        """The room, if anybody is in it."""
        return self._rooms.get((private, topic))


def _by_key(people: list[tuple[str, dict[str, Any]]]) -> Metas:
    grouped: Metas = {}
    for key, meta in people:
        grouped.setdefault(key, {"metas": []})["metas"].append(meta)
    return grouped


def _encode(codec: Codec, topic: str, what: Broadcast | Message) -> Frame | None:
    if isinstance(what, Broadcast):
        return codec.encode_broadcast(topic, what)
    return codec.encode(what)
