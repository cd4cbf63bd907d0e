"""Frames that the real clients were recorded to send are read, and what is written is the layout
that they read."""

import json

import pytest

from pypot_cli.api.realtime.limits import Bucket
from pypot_cli.api.realtime.pgoutput import InsertDecoder
from pypot_cli.api.realtime.protocol import (
    CODECS,
    Broadcast,
    Message,
    ProtocolError,
    read_json,
    write_json,
)

V1, V2 = CODECS["1.0.0"], CODECS["2.0.0"]


def test_realtime_js_2_joins() -> None:
    frame = (
        '["6","6","realtime:pot:1","phx_join",{"config":{"broadcast":{"ack":false,"self":false},'
        '"presence":{"key":"","enabled":false},"postgres_changes":[],"private":true}}]'
    )
    message = V2.decode(frame)
    assert (message.join_ref, message.ref, message.topic) == ("6", "6", "realtime:pot:1")
    assert message.payload["config"]["private"] is True


def test_realtime_js_2_beats_without_a_join_ref() -> None:
    message = V2.decode('[null,"14","phoenix","heartbeat",{}]')
    assert message == Message(None, "14", "phoenix", "heartbeat", {})


def test_realtime_js_2_pushes_a_broadcast_in_bytes() -> None:
    message = V2.decode(b'\x03\x01\x02\x0e\x01\x00\x01615realtime:pot:1x{"q":1}')
    assert message == Message(
        "6", "15", "realtime:pot:1", "broadcast", Broadcast("x", b'{"q":1}', is_json=True)
    )


def test_a_push_in_bytes_may_carry_bytes() -> None:
    message = V2.decode(b"\x03\x00\x00\x01\x01\x00\x00tx\x00\xff")
    assert message == Message(None, None, "t", "broadcast", Broadcast("x", b"\x00\xff", False))


def test_realtime_py_beats_with_a_null_ref() -> None:
    message = V1.decode(
        '{"event":"heartbeat","payload":{},"topic":"phoenix","ref":null,"join_ref":null}'
    )
    assert message == Message(None, None, "phoenix", "heartbeat", {})


def test_version_1_says_its_ref_even_if_there_is_none() -> None:
    frame = V1.encode(Message("1", None, "t", "system", {}))
    assert json.loads(frame) == {"topic": "t", "event": "system", "payload": {}, "ref": None}


def test_a_broadcast_is_bytes_in_version_2_and_text_in_version_1() -> None:
    broadcast = Broadcast("é", b'{"a": "\xc3\xa9"}', True, "id-1")
    assert V2.encode_broadcast("t", broadcast) == (
        b'\x04\x01\x02\x0d\x01t\xc3\xa9{"id":"id-1"}{"a": "\xc3\xa9"}'
    )
    text = V1.encode_broadcast("t", broadcast)
    assert isinstance(text, str)
    assert json.loads(text) == {
        "topic": "t",
        "event": "broadcast",
        "payload": {
            "type": "broadcast",
            "event": "é",
            "payload": {"a": "é"},
            "meta": {"id": "id-1"},
        },
        "ref": None,
    }


def test_a_name_too_long_for_bytes_goes_as_text() -> None:
    broadcast = Broadcast("e" * 256, b"{}")
    frame = V2.encode_broadcast("t", broadcast)
    assert isinstance(frame, str)
    assert json.loads(frame)[4]["event"] == "e" * 256
    assert V2.encode_broadcast("t", Broadcast("e" * 256, b"", is_json=False)) is None


def test_version_1_has_no_words_for_bytes() -> None:
    assert V1.encode_broadcast("t", Broadcast("e", b"\xff", is_json=False)) is None
    with pytest.raises(ProtocolError):
        V1.decode(b"\x03\x00\x00\x01\x01\x00\x00tx")


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999", "[" * 99_999, "01", ""])
def test_what_rfc_8259_does_not_know_is_no_json(text: str) -> None:
    with pytest.raises(ProtocolError):
        read_json(text)


def test_a_lone_surrogate_is_passed_on_as_it_came() -> None:
    assert write_json(read_json('"\\ud800"')) == '"\\ud800"'


def test_a_bucket_gives_twice_its_rate_at_once_and_then_its_rate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    bucket = Bucket(10)
    assert [bucket.take() for _ in range(21)] == [True] * 20 + [False]
    now += 0.5
    assert [bucket.take() for _ in range(6)] == [True] * 5 + [False]


def test_an_insert_is_read_by_the_columns_told_before() -> None:
    relation = (
        b"R\x00\x00@nrealtime\x00messages\x00d\x00\x02"
        b"\x00topic\x00\x00\x00\x00\x19\xff\xff\xff\xff"
        b"\x01payload\x00\x00\x00\x0e\xda\xff\xff\xff\xff"
    )
    decoder = InsertDecoder()
    assert decoder.read(b"B" + bytes(20)) is None
    assert decoder.read(relation) is None
    row = b"I\x00\x00@nN\x00\x02t\x00\x00\x00\x04a:\xc3\xa9n"
    assert decoder.read(row) == {"topic": "a:é", "payload": None}
    assert decoder.read(b"C" + bytes(25)) is None


def test_what_is_nested_too_deep_to_be_written_again_is_not_read() -> None:
    assert read_json("[" * 200 + "]" * 200)
    for text in ("[" * 201 + "]" * 201, '{"a":' * 201 + "1" + "}" * 201):
        with pytest.raises(ProtocolError, match="nested too deep"):
            read_json(text)
