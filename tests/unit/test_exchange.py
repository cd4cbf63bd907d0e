"""One question over HTTP: the answer as it came, never late and never long."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest

from pypot_cli import exchange
from pypot_cli.exchange import Answer, ask

SECONDS = 20.0
SHORT = 0.4
MOST = 1000

Talk = Callable[[socket.socket, bytes], None]


def question(connection: socket.socket) -> bytes:
    """Head and body of what is asked. Raises ConnectionError when whoever asks goes before."""

    def more() -> bytes:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError
        return piece

    asked = b""
    while b"\r\n\r\n" not in asked:
        asked += more()
    head, _, body = asked.partition(b"\r\n\r\n")
    expected = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            expected = int(line.partition(b":")[2])
    while len(body) < expected:
        body += more()
    return head + b"\r\n\r\n" + body


@contextmanager
def answering(talk: Talk) -> Iterator[str]:
    """A server of one connection, whose question is read whole and given to `talk`; its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            try:
                connection, _ = listener.accept()
            except OSError:
                return  # nobody has asked
            with connection:
                try:
                    talk(connection, question(connection))
                except OSError:
                    return  # who asked has gone

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/of?a=1"
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(SECONDS)
            assert not thread.is_alive()


def saying(answer: bytes, heard: list[bytes] | None = None) -> Talk:
    def talk(connection: socket.socket, asked: bytes) -> None:
        if heard is not None:
            heard.append(asked)
        connection.sendall(answer)

    return talk


def whole(body: bytes, status: str = "200 OK", more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{more}Connection: close\r\n\r\n"
    return head.encode() + body


def dripping(piece: bytes) -> Talk:
    """Sends a piece every so often, for as long as anybody listens."""

    def talk(connection: socket.socket, _: bytes) -> None:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            connection.sendall(piece)
            time.sleep(SHORT / 10)

    return talk


def asked(method: str, url: str, seconds: float = SECONDS, **more: object) -> Answer:
    return ask(method, url, seconds=seconds, most=MOST, **more)  # type: ignore[arg-type]


def test_the_answer_is_what_came() -> None:
    with answering(saying(whole(b"\x00body", "418 Teapot", "X-Of: it\r\n"))) as url:
        answer = asked("GET", url)
    assert (answer.status, answer.body, answer.headers["x-of"]) == (418, b"\x00body", "it")


def test_the_question_is_what_was_given() -> None:
    heard: list[bytes] = []
    with answering(saying(whole(b""), heard)) as url:
        asked("PUT", url, content=b"\x01\x02", headers={"X-Mine": "yes"})
    head, _, body = heard[0].partition(b"\r\n\r\n")
    assert head.startswith(b"PUT /of?a=1 HTTP/1.1\r\n")
    assert b"x-mine: yes" in head.lower()
    assert b"\r\nAccept-Encoding: identity\r\n" in head
    assert body == b"\x01\x02"


def test_what_is_told_apart_by_headers_is_the_askers() -> None:
    heard: list[bytes] = []
    with answering(saying(whole(b""), heard)) as url:
        asked("GET", url, headers={"Accept-Encoding": "gzip"})
    assert heard[0].lower().count(b"accept-encoding") == 1
    assert b"accept-encoding: gzip" in heard[0].lower()


def test_a_body_is_never_inflated() -> None:
    packed = b"\x1f\x8b not gzip at all"
    with answering(saying(whole(packed, more="Content-Encoding: gzip\r\n"))) as url:
        assert asked("GET", url).body == packed


def test_a_redirection_is_an_answer() -> None:
    with answering(saying(whole(b"", "302 Found", "Location: http://127.0.0.1:1/\r\n"))) as url:
        assert asked("GET", url).status == 302


def test_the_longest_body_is_taken_and_one_byte_more_refused() -> None:
    with answering(saying(whole(b"x" * MOST))) as url:
        assert len(asked("GET", url).body) == MOST
    with (
        answering(saying(whole(b"x" * (MOST + 1)))) as url,
        pytest.raises(ValueError, match=r"^longer than 1000 bytes$"),
    ):
        asked("GET", url)


def test_an_endless_body_is_refused_as_soon_as_it_is_too_long() -> None:
    def talk(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        dripping(b"100\r\n" + b"x" * 256 + b"\r\n")(connection, b"")

    began = time.monotonic()
    with answering(talk) as url, pytest.raises(ValueError, match="longer than"):
        asked("GET", url)
    assert time.monotonic() - began < SECONDS / 2


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param(b"X-More: a\r\n", id="its head drips"),
        pytest.param(b"HTTP/1.1 103 Early Hints\r\n\r\n", id="informational answers have no end"),
        pytest.param(b"", id="nothing comes"),
    ],
)
def test_an_answer_is_whole_in_time_or_none(piece: bytes) -> None:
    def talk(connection: socket.socket, _: bytes) -> None:
        if not piece:
            connection.recv(1)
        elif piece.startswith(b"X"):
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
        dripping(piece or b"late")(connection, b"")

    began = time.monotonic()
    # What comes without end is too much for the client's own limits on a fast machine.
    with answering(talk) as url, pytest.raises((httpx.ReadTimeout, httpx.RemoteProtocolError)):
        asked("GET", url, SHORT)
    assert time.monotonic() - began < SECONDS / 2


def test_a_body_that_drips_is_too_slow() -> None:
    def talk(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
        dripping(b"x")(connection, b"")

    with answering(talk) as url, pytest.raises(httpx.ReadTimeout) as told:
        asked("GET", url, SHORT)
    assert str(told.value) == "too slow"


def test_nobody_there_is_told_as_such() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(httpx.ConnectError):
        asked("GET", f"http://127.0.0.1:{port}/")
    with pytest.raises(httpx.InvalidURL):
        asked("GET", "http://127.0.0.1:port/")


def test_a_connection_is_waited_for_no_longer_than_for_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A full backlog takes no connection; what is left of the time is not waited for."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        url = f"http://127.0.0.1:{full.getsockname()[1]}/"
        waiting = []
        for _ in range(4):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(full.getsockname())
            waiting.append(one)
        began = time.monotonic()
        with pytest.raises(httpx.ReadTimeout, match=r"^too slow$"):
            asked("GET", url, SHORT)
        monkeypatch.setattr(exchange, "_CONNECT_SECONDS", SHORT)
        with pytest.raises(httpx.ConnectTimeout):
            asked("GET", url)
        # Sooner than the client would have given up by itself.
        assert time.monotonic() - began < 4.5
        for one in waiting:
            one.close()


def test_whom_to_believe_is_read_once_however_much_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Certificates of all authorities take longer to read than an answer takes to come."""
    read: list[object] = []
    make = ssl.create_default_context

    def counted(**given: object) -> ssl.SSLContext:
        read.append(given)
        return make(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(ssl, "create_default_context", counted)
    monkeypatch.setattr(exchange, "_CONNECT_SECONDS", SHORT)
    exchange._tls.cache_clear()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for _ in range(2):
            with pytest.raises(httpx.ConnectTimeout):
                asked("GET", f"https://127.0.0.1:{silent.getsockname()[1]}/")
    assert len(read) == 1


@pytest.mark.parametrize(
    "url",
    [
        "", "127.0.0.1:1", "ftp://127.0.0.1", "http://", "http://[::1",
        "http://127.0.0.1:port", "http://127.0.0.1:99999", "http://127.0.0.1:0", "http://a\nb",
    ],
)  # fmt: skip
def test_what_is_no_address_is_said_to_be_none(url: str) -> None:
    assert not exchange.is_address(url)
    with pytest.raises(httpx.InvalidURL):
        ask("GET", url, seconds=SECONDS, most=MOST)


@pytest.mark.parametrize(
    "url", ["http://a", "https://a.example:65535/b?c", "HTTP://[::1]:1", "https://u:p@a.example"]
)
def test_an_address_is_of_a_host_and_a_port(url: str) -> None:
    assert exchange.is_address(url)
