"""The frames of Supabase Realtime, in both versions of the Phoenix channel protocol.

- 1.0.0 (realtime-py): text frames, a JSON object with topic, event, payload, ref and join_ref; what
  the server sends has no join_ref, and `"ref": null` stands where there is none.
- 2.0.0 (realtime-js): text frames, a JSON array [join_ref, ref, topic, event, payload]; and binary
  frames for broadcasts, whose lengths are bytes of one octet each:

      3 (client)  join_ref ref topic event meta lengths, encoding, then those five and the payload
      4 (server)  topic event meta lengths, encoding, then those three and the payload

  where encoding is 0 for bytes and 1 for JSON, and meta is JSON or nothing.

Source: phoenixframework/phoenix (serializers), supabase/realtime (V2Serializer), realtime-js.
"""

import json
import math
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

Ref = str | int | None
Frame = str | bytes

_PUSH = 3
_BROADCAST = 4
_AS_JSON = 1
_LONGEST = 255
# What is let in is written for others nested deeper than it came, and that must not fail.
_DEEPEST = 200


class ProtocolError(Exception):
    """A frame that is none of the protocol's; whoever sent it gets no answer."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a channel; `topic` carries the prefix `realtime:`."""

    join_ref: Ref
    ref: Ref
    topic: str
    event: str
    payload: Any


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A broadcast whose payload is passed on as it came: `body` is JSON text or, if not, bytes."""

    event: str
    body: bytes
    is_json: bool = True
    message_id: str | None = None

    @property
    def meta(self) -> dict[str, str] | None:
        """What accompanies the payload: the id of a message that the database sent."""
        return None if self.message_id is None else {"id": self.message_id}


class Codec(Protocol):
    """One version of the protocol."""

    def decode(self, frame: Frame) -> Message:
        """Reads a client's frame; the payload of a binary one is a Broadcast.

        Raises ProtocolError.
        """

    def encode(self, message: Message) -> Frame:
        """A server's frame."""

    def encode_broadcast(self, topic: str, broadcast: Broadcast) -> Frame | None:
        """A server's frame for all subscribers, or None if this version cannot say it."""


class Version1:
    """vsn=1.0.0."""

    def decode(self, frame: Frame) -> Message:
        """See Codec."""
        if isinstance(frame, bytes):
            raise ProtocolError("a binary frame")
        value = read_json(frame)
        if not isinstance(value, dict) or not {"topic", "event", "payload", "ref"} <= value.keys():
            raise ProtocolError("not an object with topic, event, payload and ref")
        return _message(
            value.get("join_ref"), value["ref"], value["topic"], value["event"], value["payload"]
        )

    def encode(self, message: Message) -> Frame:
        """See Codec."""
        return write_json(
            {
                "topic": message.topic,
                "event": message.event,
                "payload": message.payload,
                "ref": message.ref,
            }
        )

    def encode_broadcast(self, topic: str, broadcast: Broadcast) -> Frame | None:
        """See Codec."""
        if not broadcast.is_json:
            return None
        payload = _envelope(broadcast)
        return f'{{"topic":{write_json(topic)},"event":"broadcast","payload":{payload},"ref":null}}'


class Version2:
    """vsn=2.0.0."""

    def decode(self, frame: Frame) -> Message:
        """See Codec."""
        if isinstance(frame, bytes):
            return _read_push(frame)
        value = read_json(frame)
        if not isinstance(value, list) or len(value) < 5:
            raise ProtocolError("not an array of five")
        return _message(*value[:5])

    def encode(self, message: Message) -> Frame:
        """See Codec."""
        return write_json(
            [message.join_ref, message.ref, message.topic, message.event, message.payload]
        )

    def encode_broadcast(self, topic: str, broadcast: Broadcast) -> Frame | None:
        """See Codec."""
        meta = "" if broadcast.meta is None else write_json(broadcast.meta)
        head = [part.encode() for part in (topic, broadcast.event, meta)]
        if any(len(part) > _LONGEST for part in head):
            if not broadcast.is_json:
                return None
            # Nothing says that a name may not be longer; then it goes as text.
            return f'[null,null,{write_json(topic)},"broadcast",{_envelope(broadcast)}]'
        lengths = bytes([_BROADCAST, *map(len, head), int(broadcast.is_json)])
        return b"".join([lengths, *head, broadcast.body])


CODECS: dict[str, Codec] = {"1.0.0": Version1(), "2.0.0": Version2()}
"""The versions that a client may ask for by `vsn`."""


def read_json(text: str | bytes) -> Any:
    """Reads JSON as RFC 8259 has it, which knows no NaN and nothing beyond a double.

    Raises ProtocolError, also for what is nested too deep.
    """
    try:
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        raise ProtocolError("not JSON") from None
    if _is_deep(value):
        raise ProtocolError("nested too deep")
    return value


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


def write_json(value: Any) -> str:
    """JSON without a space, ASCII only, so that a lone surrogate of a client's does no harm."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _message(join_ref: Any, ref: Any, topic: Any, event: Any, payload: Any) -> Message:
    if not isinstance(topic, str) or not isinstance(event, str):
        raise ProtocolError("topic and event are strings")
    for each in (join_ref, ref):
        if isinstance(each, bool) or not isinstance(each, str | int | None):
            raise ProtocolError("a ref is a string, a number or null")
    try:
        topic.encode()
    except UnicodeEncodeError:
        raise ProtocolError("a topic is Unicode text") from None
    return Message(join_ref, ref, topic, event, payload)


def _read_push(frame: bytes) -> Message:
    if len(frame) < 7 or frame[0] != _PUSH:
        raise ProtocolError("not a broadcast")
    parts: list[str] = []
    start = 7
    try:
        for length in frame[1:6]:
            parts.append(frame[start : start + length].decode())
            start += length
    except UnicodeDecodeError:
        raise ProtocolError("not UTF-8") from None
    if start > len(frame):
        raise ProtocolError("shorter than it says")
    join_ref, ref, topic, event, _meta = parts
    body = frame[start:]
    is_json = frame[6] == _AS_JSON
    if is_json:
        # It is passed on as it came, so it is read here: nobody gets what is no JSON. (Given bytes,
        # json would guess UTF-16 too.)
        try:
            read_json(body.decode())
        except UnicodeDecodeError:
            raise ProtocolError("not UTF-8") from None
    return Message(
        join_ref or None, ref or None, topic, "broadcast", Broadcast(event, body, is_json)
    )


def _envelope(broadcast: Broadcast) -> str:
    """The payload of a broadcast as JSON; its body is not read again for each subscriber."""
    meta = "" if broadcast.meta is None else f',"meta":{write_json(broadcast.meta)}'
    body = broadcast.body.decode()
    return f'{{"type":"broadcast","event":{write_json(broadcast.event)},"payload":{body}{meta}}}'


def _refuse(_constant: str) -> NoReturn:
    raise ValueError


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    return number
