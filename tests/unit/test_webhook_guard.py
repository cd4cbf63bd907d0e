"""No address inside is ever connected to, however it is written, resolved or redirected to."""

from __future__ import annotations

import asyncio
import itertools
import ssl
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import httpcore
import pytest

from pypot_cli.errors import PypotError, UnreadableInputError
from pypot_cli.webhooks import guard, lookup
from pypot_cli.webhooks.deliverer import Courier
from pypot_cli.webhooks.guard import Backend, BlockedError, Rules, UnknownNameError
from pypot_cli.webhooks.sender import Delivery, Outcome, Sender

PUBLIC = "93.184.215.14"
TLS = ssl.create_default_context()

# What a URL says, and where: refused by its text alone.
REFUSED = [
    ("http://hooks.example/", "plain HTTP"),
    ("ftp://hooks.example/", "another scheme"),
    ("file:///etc/passwd", "a file"),
    ("gopher://hooks.example/", "another scheme"),
    ("//hooks.example/", "no scheme"),
    ("https:///path", "no host"),
    ("https://./", "no host but a dot"),
    ("https://hooks.example:22/", "another port"),
    ("https://hooks.example:80/", "port 80"),
    ("https://hooks.example:0/", "port 0"),
    ("https://hooks.example:99999/", "a port that is none"),
    ("https://user@hooks.example/", "a user"),
    ("https://user:secret@hooks.example/", "a user and password"),
    ("https://hooks.example@127.0.0.1/", "a host that looks like a user"),
    ("https://hooks.example%40127.0.0.1@10.0.0.1/", "an escaped @"),
    ("https://hooks.example\\@127.0.0.1/", "a backslash"),
    ("https://127.0.0.1\\.hooks.example/", "a backslash in a host"),
    ("https://hooks.example /", "a space"),
    ("https://hooks.example\t/", "a tab"),
    ("https://hooks.example\r\nHost: inside/", "a line break"),
    ("https://hooks.example\0.inside/", "a NUL"),
    ("https://127.0.0.1/", "loopback"),
    ("https://127.0.0.1./", "loopback with a dot"),
    ("https://127.1/", "loopback, short"),
    ("https://127.0.1/", "loopback, three parts"),
    ("https://2130706433/", "loopback, decimal"),
    ("https://0x7f000001/", "loopback, hexadecimal"),
    ("https://0x7f.0.0.1/", "loopback, a hexadecimal part"),
    ("https://0X7F.1/", "loopback, hexadecimal and short"),
    ("https://0177.0.0.1/", "loopback, octal"),
    ("https://017700000001/", "loopback, octal in one"),
    ("https://127.0.0.1.0x1/", "five parts"),
    ("https://134744072/", "a public address in decimal"),
    ("https://256.1.1.1/", "no address"),
    ("https://0.0.0.0/", "this host"),
    ("https://0/", "this host, short"),
    ("https://10.0.0.1/", "private"),
    ("https://172.16.0.1/", "private"),
    ("https://172.31.255.255/", "private, the last"),
    ("https://192.168.1.1/", "private"),
    ("https://100.64.0.1/", "of carriers"),
    ("https://169.254.169.254/latest/meta-data/", "metadata"),
    ("https://169.254.170.2/", "metadata of containers"),
    ("https://168.63.129.16.0/", "no address"),
    ("https://192.0.0.192/", "metadata of another cloud"),
    ("https://198.18.0.1/", "benchmarks"),
    ("https://192.0.2.1/", "documentation"),
    ("https://224.0.0.1/", "multicast"),
    ("https://239.255.255.250/", "multicast"),
    ("https://240.0.0.1/", "reserved"),
    ("https://255.255.255.255/", "broadcast"),
    ("https://192.88.99.1/", "a relay of 6to4"),
    ("https://[::1]/", "loopback"),
    ("https://[0:0:0:0:0:0:0:1]/", "loopback, long"),
    ("https://[::]/", "unspecified"),
    ("https://[::ffff:127.0.0.1]/", "mapped"),
    ("https://[::ffff:7f00:1]/", "mapped, hexadecimal"),
    ("https://[::ffff:a9fe:a9fe]/", "metadata, mapped"),
    ("https://[::127.0.0.1]/", "compatible"),
    ("https://[::ffff:0:127.0.0.1]/", "translated"),
    ("https://[64:ff9b::127.0.0.1]/", "NAT64"),
    ("https://[64:ff9b::a9fe:a9fe]/", "metadata, NAT64"),
    ("https://[64:ff9b:1::a00:1]/", "local NAT64"),
    ("https://[2002:7f00:1::]/", "6to4"),
    ("https://[2002:a9fe:a9fe::1]/", "metadata, 6to4"),
    ("https://[2001:0:5ef5:79fd::1]/", "Teredo"),
    ("https://[fc00::1]/", "unique local"),
    ("https://[fd00:ec2::254]/", "metadata, unique local"),
    ("https://[fe80::1]/", "link-local"),
    ("https://[fe80::1%25eth0]/", "link-local with a zone"),
    ("https://[fec0::1]/", "site-local"),
    ("https://[ff02::1]/", "multicast"),
    ("https://[2001:db8::1]/", "documentation"),
    ("https://[3fff::1]/", "documentation, new"),
    ("https://[100::1]/", "discarded"),
    ("https://[5f00::1]/", "segment routing"),
    ("https://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/", "loopback in circles"),
    ("https://\uff11\uff12\uff17.0.0.1/", "loopback, full width"),
    ("https://127\u30020\u30020\u30021/", "loopback, ideographic dots"),
]

# What a harmless name may resolve to.
INSIDE = [
    "127.0.0.1", "127.255.255.254", "0.1.2.3", "10.255.255.255", "172.16.5.4", "192.168.0.10",
    "100.127.255.255", "169.254.169.254", "198.19.255.255", "224.0.0.251", "255.255.255.255",
    "::1", "::", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:a00:1::",
    "2001:0:1::1", "fc00::1", "fdff:ffff::1", "fe80::1", "fe80::1%lo", "ff05::1", "2001:db8::5",
    "::ffff:0:7f00:1",
]  # fmt: skip


class Recording(httpcore.AsyncMockBackend):
    """Connects to nothing, and notes what it was asked to connect to."""

    def __init__(self) -> None:
        super().__init__([b"HTTP/1.1 204 No Content\r\n\r\n"])
        self.connected: list[str] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.connected.append(host)
        return await super().connect_tcp(host, port, timeout, local_address, socket_options)


def names(*answers: Sequence[str]) -> guard.Resolve:
    """A name server that answers each question with the next of the answers, then the last."""
    coming: Iterator[Sequence[str]] = itertools.chain(answers, itertools.repeat(answers[-1]))

    async def resolve(host: str, port: int) -> Sequence[str]:
        return next(coming)

    return resolve


def connect(
    resolve: guard.Resolve, rules: Rules | None = None, host: str = "a.example"
) -> list[str]:
    """What is connected to for a name on port 443."""
    inner = Recording()
    asyncio.run(Backend(rules or Rules(), resolve, inner).connect_tcp(host, 443, 5.0))
    return inner.connected


def delivery(url: str) -> Delivery:
    secret = "whsec_" + "A" * 43 + "="
    return Delivery(1, "lease", "hook", "event", "pot_settled", url, "{}", (secret,), 1)


def outcome(
    url: str, rules: Rules, resolve: guard.Resolve, inner: Recording | None = None
) -> Outcome:
    """What comes of sending there."""
    sender = Sender(rules, concurrency=2, resolve=resolve, tls=TLS, network=inner or Recording())

    async def send() -> Outcome:
        try:
            return await sender.send(delivery(url))
        finally:
            await sender.close()

    return asyncio.run(send())


@pytest.mark.parametrize(("url", "why"), REFUSED)
def test_an_address_that_must_not_be_is_refused(url: str, why: str) -> None:
    # Names lead outside: it is what the URL says that is refused.
    inner = Recording()
    assert outcome(url, Rules(), names([PUBLIC]), inner) == Outcome(None, "blocked"), why
    assert inner.connected == []


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_refused(address: str) -> None:
    with pytest.raises(BlockedError):
        connect(names([address]))


@pytest.mark.parametrize("place", [0, 1])
def test_one_address_inside_among_others_is_enough(place: int) -> None:
    found = [PUBLIC, "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]
    found.insert(place, "10.0.0.1")
    with pytest.raises(BlockedError):
        connect(names(found))


@pytest.mark.parametrize(
    "address",
    [PUBLIC, "1.1.1.1", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.1",
     "2606:4700:4700::1111", "2a00:1450::1", "64:ff9b::5db8:d70e", "::ffff:5db8:d70e"],
)  # fmt: skip
def test_a_name_that_leads_outside_is_connected_to_by_that_address(address: str) -> None:
    assert connect(names([address])) == [address]


def test_a_name_that_changes_its_mind_is_asked_once() -> None:
    """DNS rebinding: the first answer is harmless, and every later one leads inside."""
    asked: list[str] = []
    answers = names([PUBLIC], ["127.0.0.1"])

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return await answers(host, port)

    assert connect(resolve) == [PUBLIC]
    assert asked == ["a.example"]
    with pytest.raises(BlockedError):
        connect(resolve)


def test_the_name_and_not_the_address_is_proven_by_tls() -> None:
    told: list[str | None] = []

    class Stream(httpcore.AsyncMockStream):
        async def start_tls(
            self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
        ) -> httpcore.AsyncNetworkStream:
            told.append(server_hostname)
            return self

    class Inner(Recording):
        async def connect_tcp(self, host: str, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
            self.connected.append(host)
            return Stream([b"HTTP/1.1 204 No Content\r\n\r\n"])

    async def ask() -> None:
        async with httpcore.AsyncConnectionPool(
            network_backend=Backend(Rules(), names([PUBLIC]), inner)
        ) as pool:
            await pool.request("POST", "https://hooks.example/")

    inner = Inner()
    asyncio.run(ask())
    assert (inner.connected, told) == ([PUBLIC], ["hooks.example"])


@pytest.mark.parametrize("secret", ["whsec_a", "whsec_!", "", "whsec_\u00e9"])
def test_with_a_secret_that_is_none_nothing_is_sent_and_no_place_is_lost(secret: str) -> None:
    inner = Recording()
    sender = Sender(Rules(), concurrency=1, resolve=names([PUBLIC]), tls=TLS, network=inner)
    with Courier(sender, 1, lambda: None) as courier:
        courier.send(Delivery(1, "", "w", "e", "k", "https://a.example/", "{}", (secret,), 1))
        came = [outcome for _, outcome in courier.outcomes(wait=20.0)]
        assert (came, courier.room) == ([Outcome(None, "blocked")], 1)
    assert inner.connected == []


def test_a_name_without_an_address_is_told_apart() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    with pytest.raises(UnknownNameError):
        connect(resolve)
    with pytest.raises(UnknownNameError):
        connect(names([]))
    assert outcome("https://a.example/", Rules(), resolve) == Outcome(None, "name")


def test_a_name_server_that_hangs_is_not_waited_for() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return [PUBLIC]

    with pytest.raises(httpcore.ConnectTimeout):
        asyncio.run(Backend(Rules(), resolve, Recording()).connect_tcp("a.example", 443, 0.05))


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    class Half(Recording):
        async def connect_tcp(self, host: str, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
            self.connected.append(host)
            if host == PUBLIC:
                raise httpcore.ConnectError("refused")
            return httpcore.AsyncMockStream([])

    inner = Half()
    resolve = names([PUBLIC, "1.1.1.1"])
    asyncio.run(Backend(Rules(), resolve, inner).connect_tcp("a.example", 443, 5.0))
    assert inner.connected == [PUBLIC, "1.1.1.1"]


def test_a_socket_of_this_machine_is_refused() -> None:
    with pytest.raises(BlockedError):
        asyncio.run(Backend(Rules(), names([PUBLIC])).connect_unix_socket("/run/docker.sock"))


def test_a_network_is_allowed_by_name_and_nothing_beside_it() -> None:
    rules = Rules(guard.read_networks(["10.1.2.0/24", "fd00:1::/64"]))
    for address in ("10.1.2.3", "fd00:1::5", "::ffff:a01:203"):
        assert connect(names([address]), rules) == [address]
    for address in ("10.1.3.3", "fd00:2::5", "127.0.0.1", "169.254.169.254", "::ffff:10.1.3.3"):
        with pytest.raises(BlockedError):
            connect(names([address]), rules)


@pytest.mark.parametrize("given", ["10.0.0.1/8", "localhost", "10.0.0.0/33", ""])
def test_a_network_that_is_none_is_told(given: str) -> None:
    with pytest.raises(UnreadableInputError, match="--allow-network"):
        guard.read_networks([given])


def test_plain_http_is_for_who_asks_for_it() -> None:
    rules = Rules(ports=frozenset({80, 443}), insecure=True)
    assert guard.read_url("http://hooks.example/a?b=c", rules).host_header == b"hooks.example"
    assert guard.read_url("https://hooks.example/", rules).port == 443
    assert outcome("http://127.0.0.1/", rules, names([PUBLIC])) == Outcome(None, "blocked")


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "header"),
    [
        ("https://Hooks.EXAMPLE", b"hooks.example", 443, b"/", b"hooks.example"),
        ("https://hooks.example:8443/a/b?c=d", b"hooks.example", 8443, b"/a/b?c=d",
         b"hooks.example:8443"),
        ("https://bücher.example/", b"xn--bcher-kva.example", 443, b"/", b"xn--bcher-kva.example"),
        ("https://[2606:4700:4700::1111]/x", b"2606:4700:4700::1111", 443, b"/x",
         b"[2606:4700:4700::1111]"),
        ("https://1.1.1.1/#part", b"1.1.1.1", 443, b"/", b"1.1.1.1"),
    ],
)  # fmt: skip
def test_an_address_is_read_as_it_will_be_asked_for(
    url: str, host: bytes, port: int, path: bytes, header: bytes
) -> None:
    target = guard.read_url(url, Rules(ports=frozenset({443, 8443})))
    assert (target.host, target.port, target.path) == (host, port, path)
    assert target.host_header == header


def test_the_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    inner = Recording()
    rules = Rules(ports=frozenset({80}), insecure=True)
    url = "http://hooks.example/"
    assert outcome(url, rules, names([PUBLIC]), inner) == Outcome(204, None)
    assert inner.connected == [PUBLIC]


def test_an_address_is_judged_when_it_is_given() -> None:
    assert lookup.judge("https://a.example/x#y", Rules(), names([PUBLIC])) == "https://a.example/x"
    with pytest.raises(PypotError, match="an address inside"):
        lookup.judge("https://a.example/", Rules(), names(["10.0.0.1"]))
    with pytest.raises(PypotError, match="not by https"):
        lookup.judge("http://a.example/", Rules(), names([PUBLIC]))
