"""One channel of one socket: who it is for, what it may, and until when.

Reasons and texts are those of supabase/realtime (realtime_channel.ex), which clients show.
"""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pypot_cli.api.realtime.caller import (
    Authorizer,
    Caller,
    DatabaseUnavailableError,
    Extension,
    InvalidTokenError,
    Tokens,
)
from pypot_cli.api.realtime.limits import Bucket, Limits
from pypot_cli.api.realtime.protocol import Broadcast, Codec, Frame, Message, Ref, write_json
from pypot_cli.api.realtime.rooms import Room, Rooms

_PREFIX = "realtime:"
# However late a token ends, whether it has is looked at this often: clocks are set.
_LOOK_SECONDS = 300.0


class JoinRefusedError(Exception):
    """Why a channel is not joined, as its client reads it."""


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """The payload of phx_join."""

    private: bool
    acknowledges: bool
    hears_itself: bool
    wants_presence: bool
    presence_key: str
    token: str | None

    @classmethod
    def read(cls, payload: Any) -> "JoinRequest":
        """Whatever is missing or of another type is as if it were not asked for."""
        payload = _object(payload)
        config = _object(payload.get("config"))
        broadcast, presence = _object(config.get("broadcast")), _object(config.get("presence"))
        key = presence.get("key")
        token = payload.get("access_token")
        return cls(
            private=_flag(config.get("private")),
            acknowledges=_flag(broadcast.get("ack")),
            hears_itself=_flag(broadcast.get("self")),
            wants_presence=_flag(presence.get("enabled")),
            presence_key=key if isinstance(key, str) and key else str(uuid.uuid1()),
            # A key in place of a token stands for the key that opened the socket.
            token=token if isinstance(token, str) and not token.startswith("sb_") else None,
        )


class Channel:
    """A joined channel, subscribed until `leave`."""

    def __init__(
        self,
        request: JoinRequest,
        topic: str,
        join_ref: Ref,
        caller: Caller,
        *,
        codec: Codec,
        push: Callable[[Frame], None],
        rooms: Rooms,
        authorizer: Authorizer,
        limits: Limits,
        ended: Callable[["Channel"], None],
    ) -> None:
        """`topic` has no prefix; `ended` is told when the channel closes itself."""
        self.codec = codec
        self.push = push
        self.join_ref = join_ref
        self._request = request
        self._topic = topic
        self._caller = caller
        self._token = request.token
        self._rooms = rooms
        self._authorizer = authorizer
        self._limits = limits
        self._ended = ended
        self._room: Room | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._presences = Bucket(limits.presences_a_second)
        self._told: Any = None
        # What the policies said; public channels have none. None: not asked yet.
        free = not request.private
        self._reads: dict[Extension, bool | None] = {"broadcast": free, "presence": free or None}
        self._writes: dict[Extension, bool | None] = {
            "broadcast": free or None,
            "presence": free or None,
        }

    # ---------------------------------------------------------------- member of a room

    @property
    def hears_broadcasts(self) -> bool:
        """See Member."""
        return self._reads["broadcast"] is True

    @property
    def hears_presence(self) -> bool:
        """See Member."""
        return self._reads["presence"] is True

    # ------------------------------------------------------------------------ its life

    async def authorize(self) -> None:
        """Asks the policies. Raises JoinRefusedError."""
        if not self._request.private:
            return
        wanted: list[Extension] = ["broadcast"]
        if self._request.wants_presence or self._reads["presence"] is not None:
            wanted.append("presence")
        try:
            allowed = await self._authorizer.readable(self._caller, self._topic, wanted)
        except DatabaseUnavailableError:
            raise JoinRefusedError(
                "UnableToConnectToProject: Realtime was unable to connect to the project database"
            ) from None
        if not allowed:
            raise JoinRefusedError(f"Unauthorized: {self._no_permission}")
        for extension in wanted:
            self._reads[extension] = extension in allowed

    def enter(self) -> None:
        """Subscribes."""
        self._room = self._rooms.enter(self, self._request.private, self._topic)
        self._watch_the_clock()

    def greet(self) -> None:
        """Tells a client that wants presence who is here; what comes after joining."""
        if self._room is not None and self._request.wants_presence and self.hears_presence:
            self._tell("presence_state", self._room.presence.state())

    def leave(self) -> None:
        """Ends the subscription, if it has not ended."""
        if self._timer is not None:
            self._timer.cancel()
        if self._room is not None:
            self._room = None
            self._rooms.leave(self, self._request.private, self._topic)

    def close(self) -> None:
        """Leaves, and says so."""
        self.leave()
        self.push(
            self.codec.encode(
                Message(self.join_ref, self.join_ref, _PREFIX + self._topic, "phx_close", {})
            )
        )

    def cut_off(self, why: str) -> None:
        """Closes for a reason that is not the client's wish, unless it is closed."""
        if self._room is None:
            return
        self._tell(
            "system",
            {"extension": "system", "status": "error", "message": why, "channel": self._topic},
        )
        self.close()
        self._ended(self)

    # ------------------------------------------------------------------------ messages

    async def handle(self, message: Message, tokens: Tokens) -> None:
        """Does what a client asks of a channel that it has joined."""
        if message.event == "broadcast":
            await self._broadcast(message)
        elif message.event == "presence":
            await self._presence(message)
        elif message.event == "access_token":
            await self._renew(_object(message.payload).get("access_token"), tokens)

    async def _broadcast(self, message: Message) -> None:
        if not await self._may_write("broadcast") or self._room is None:
            # As on Supabase, whoever may not send is not answered.
            return
        what = message.payload
        if not isinstance(what, Broadcast):
            what = Message(None, None, self._room.topic, "broadcast", _object(what))
        self._room.say(what, but=None if self._request.hears_itself else self)
        if self._request.acknowledges:
            self._reply(message, "ok", {})

    async def _presence(self, message: Message) -> None:
        if not self._presences.take():
            self.cut_off("Client presence rate limit exceeded")
            return
        payload = _object(message.payload)
        event = str(payload.get("event")).lower()
        if event == "untrack":
            if self._room is not None:
                self._room.presence.untrack(self)
            self._told = None
            self._reply(message, "ok", {})
        elif event == "track":
            await self._track(message, payload.get("payload", {}))
        else:
            self._reply(message, "error", {})

    async def _track(self, message: Message, told: Any) -> None:
        if not isinstance(told, dict):
            self._reply(message, "error", {"reason": "Presence track payload must be a map"})
            return
        if len(write_json(told)) > self._limits.presence_bytes:
            self.cut_off("Track message size exceeded")
            return
        if not await self._may_write("presence"):
            self._reply(message, "error", {})
            return
        if self._reads["presence"] is None:
            await self._ask_presence()
        if self._room is None:
            return
        if told != self._told:
            self._room.presence.track(self, self._request.presence_key, told)
            self._told = told
        self._reply(message, "ok", {})

    async def _ask_presence(self) -> None:
        """Presence was not asked for by the join, but is used now."""
        with contextlib.suppress(DatabaseUnavailableError):
            allowed = await self._authorizer.readable(self._caller, self._topic, ["presence"])
            self._reads["presence"] = "presence" in allowed

    async def _may_write(self, extension: Extension) -> bool:
        if self._writes[extension] is None:
            with contextlib.suppress(DatabaseUnavailableError):
                self._writes[extension] = await self._authorizer.writable(
                    self._caller, self._topic, extension
                )
        return self._writes[extension] is True

    async def _renew(self, token: Any, tokens: Tokens) -> None:
        """A new token: everything is asked again, and what is no longer allowed ends."""
        if not isinstance(token, str) or token.startswith("sb_") or token == self._token:
            return
        heard = dict(self._reads)
        try:
            self._caller = tokens.of_token(token)
            self._token = token
            if self._request.private:
                self._writes = {"broadcast": None, "presence": None}
            await self.authorize()
        except InvalidTokenError as error:
            self.cut_off(error.message)
            return
        except JoinRefusedError as error:
            self.cut_off(str(error).partition(": ")[2])
            return
        if any(heard[each] and not self._reads[each] for each in heard):
            self.cut_off(
                "You no longer have permission to read from this Channel topic: " + self._topic
            )
        elif self._room is not None:
            self._watch_the_clock()

    # ---------------------------------------------------------------------------- time

    def _watch_the_clock(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        ends = self._caller.expires_at
        if ends is not None:
            left = min(max(ends - time.time(), 0.0), _LOOK_SECONDS)
            self._timer = asyncio.get_running_loop().call_later(left, self._look_at_the_clock)

    def _look_at_the_clock(self) -> None:
        ends = self._caller.expires_at
        if ends is not None and ends <= time.time():
            self.cut_off(expired(ends))
        else:
            self._watch_the_clock()

    # ---------------------------------------------------------------------------- talk

    @property
    def _no_permission(self) -> str:
        return f"You do not have permissions to read from this Channel topic: {self._topic}"

    def _tell(self, event: str, payload: Mapping[str, Any]) -> None:
        self.push(
            self.codec.encode(Message(self.join_ref, None, _PREFIX + self._topic, event, payload))
        )

    def _reply(self, message: Message, status: str, response: Mapping[str, Any]) -> None:
        self.push(self.codec.encode(reply(message, status, response, join_ref=self.join_ref)))


def reply(
    message: Message, status: str, response: Mapping[str, Any], *, join_ref: Ref = None
) -> Message:
    """The answer to a message."""
    payload = {"status": status, "response": response}
    return Message(join_ref, message.ref, message.topic, "phx_reply", payload)


def expired(ends: float) -> str:
    """What a client reads whose token ended at that Unix time."""
    return f"Token has expired {max(0, int(time.time() - ends))} seconds ago"


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _flag(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")
