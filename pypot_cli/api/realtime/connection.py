"""One websocket: its frames in, its queue out, and the channels that it joins."""

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass

from starlette.websockets import WebSocket, WebSocketDisconnect

from pypot_cli.api.realtime.caller import Authorizer, Caller, InvalidTokenError, Tokens
from pypot_cli.api.realtime.channel import Channel, JoinRefusedError, JoinRequest, reply
from pypot_cli.api.realtime.feed import DatabaseFeed
from pypot_cli.api.realtime.limits import Bucket, Limits
from pypot_cli.api.realtime.protocol import Codec, Frame, Message, ProtocolError
from pypot_cli.api.realtime.rooms import Rooms
from pypot_cli.service import Log

_TOO_LONG, _POLICY, _GOING_AWAY = 1009, 1008, 1001


@dataclass(frozen=True)
class Server:
    """What all sockets share."""

    rooms: Rooms
    tokens: Tokens
    authorizer: Authorizer
    feed: DatabaseFeed
    limits: Limits
    log: Log


class Connection:
    """An accepted socket; `run` returns when it has ended."""

    def __init__(self, socket: WebSocket, server: Server, codec: Codec, caller: Caller) -> None:
        """`caller` is that of the API key, who joins where no token says otherwise."""
        self._socket = socket
        self._server = server
        self._codec = codec
        self._caller = caller
        self._channels: dict[str, Channel] = {}
        self._frames = Bucket(server.limits.frames_a_second)
        self._queue: deque[Frame] = deque()
        self._queued = 0
        self._has_frames = asyncio.Event()
        self._dropped = asyncio.Event()
        self._sending = asyncio.Lock()
        self._ending = False

    async def run(self) -> None:
        """Reads, and writes, until either side ends it."""
        tasks = [
            asyncio.create_task(each)
            for each in (self._read(), self._write(), self._dropped.wait())
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            for channel in self._channels.values():
                channel.leave()
            for ended in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(ended, Exception) and not isinstance(ended, WebSocketDisconnect):
                    self._server.log("realtime_socket_failed", why=repr(ended))
        if self._dropped.is_set():
            # Whoever reads nothing reads no farewell either.
            self._server.log("realtime_client_too_slow")

    def push(self, frame: Frame) -> None:
        """Queues a frame; a client that lets too many wait is dropped."""
        if self._dropped.is_set():
            return
        limits = self._server.limits
        self._queued += len(frame)
        if self._queue and (
            len(self._queue) >= limits.queue_frames or self._queued > limits.queue_bytes
        ):
            self._queue.clear()
            self._dropped.set()
            return
        self._queue.append(frame)
        self._has_frames.set()

    # -------------------------------------------------------------------------- frames

    async def _write(self) -> None:
        while True:
            await self._has_frames.wait()
            # Nothing may follow the frame that closes the socket.
            while self._queue and not self._ending:
                frame = self._queue.popleft()
                self._queued -= len(frame)
                # This waits while the client's buffers are full.
                async with self._sending:
                    if isinstance(frame, bytes):
                        await self._socket.send_bytes(frame)
                    else:
                        await self._socket.send_text(frame)
            self._has_frames.clear()

    async def _read(self) -> None:
        limits = self._server.limits
        while True:
            try:
                async with asyncio.timeout(limits.idle_seconds):
                    event = await self._socket.receive()
            except TimeoutError:
                await self._end(_GOING_AWAY, "no heartbeat")
                return
            if event["type"] == "websocket.disconnect":
                return
            frame: Frame = event["text"] if event.get("text") is not None else event["bytes"]
            if len(frame) > limits.frame_bytes:
                await self._end(_TOO_LONG, "frame too long")
                return
            if not self._frames.take():
                await self._end(_POLICY, "too many messages per second")
                return
            # As on Supabase, what is no message is passed over.
            with contextlib.suppress(ProtocolError):
                await self._handle(self._codec.decode(frame))

    async def _end(self, code: int, reason: str) -> None:
        self._ending = True
        # Whoever takes nothing for so long is not told why.
        with contextlib.suppress(WebSocketDisconnect, TimeoutError):
            # A frame that waits for room in the buffers goes first, or it would follow this one.
            async with asyncio.timeout(1), self._sending:
                await self._socket.close(code, reason)

    # ------------------------------------------------------------------------ messages

    async def _handle(self, message: Message) -> None:
        channel = self._channels.get(message.topic)
        if message.topic == "phoenix" and message.event == "heartbeat":
            self._answer(message, "ok", {})
        elif message.event == "phx_join":
            if channel is not None:
                channel.close()
                del self._channels[message.topic]
            await self._join(message)
        elif channel is None:
            if message.event == "phx_leave":
                self._answer(message, "ok", {})
            else:
                self._answer(message, "error", {"reason": "unmatched topic"})
        elif message.join_ref not in (None, channel.join_ref):
            # It was meant for a join before this one.
            return
        elif message.event == "phx_leave":
            self._answer(message, "ok", {})
            channel.close()
            del self._channels[message.topic]
        else:
            await channel.handle(message, self._server.tokens)

    async def _join(self, message: Message) -> None:
        try:
            channel = await self._open(message)
        except JoinRefusedError as error:
            self._answer(message, "error", {"reason": str(error)})
            return
        # From here to the answer nothing waits: whatever comes next comes after it.
        channel.enter()
        self._channels[message.topic] = channel
        self._answer(message, "ok", {"postgres_changes": []})
        channel.greet()

    async def _open(self, message: Message) -> Channel:
        limits = self._server.limits
        prefix, _, topic = message.topic.partition(":")
        if prefix != "realtime":
            raise JoinRefusedError("unmatched topic")
        if not topic:
            raise JoinRefusedError("TopicNameRequired: You must provide a topic name")
        if len(message.topic.encode()) > limits.topic_bytes:
            raise JoinRefusedError(f"TopicTooLong: At most {limits.topic_bytes} bytes")
        if len(self._channels) >= limits.channels:
            raise JoinRefusedError("ChannelRateLimitReached: Too many channels")
        request = JoinRequest.read(message.payload)
        caller = self._caller
        try:
            if request.token is not None:
                caller = self._server.tokens.of_token(request.token)
        except InvalidTokenError as error:
            raise JoinRefusedError(f"{error.code}: {error.message}") from None
        channel = Channel(
            request,
            topic,
            message.join_ref,
            caller,
            codec=self._codec,
            push=self.push,
            rooms=self._server.rooms,
            authorizer=self._server.authorizer,
            limits=limits,
            ended=lambda channel: self._forget(message.topic, channel),
        )
        await channel.authorize()
        if not await self._server.feed.wait(limits.feed_seconds):
            raise JoinRefusedError(
                "InitializingProjectConnection: Realtime is initializing the project connection"
            )
        return channel

    def _forget(self, topic: str, channel: Channel) -> None:
        if self._channels.get(topic) is channel:
            del self._channels[topic]

    def _answer(self, message: Message, status: str, response: dict[str, object]) -> None:
        join_ref = message.join_ref if message.topic != "phoenix" else None
        self.push(self._codec.encode(reply(message, status, response, join_ref=join_ref)))
