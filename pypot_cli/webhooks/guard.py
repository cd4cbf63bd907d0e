"""Which addresses outside may be connected to: none that lies inside.

A webhook's URL is somebody else's, and what its name means is decided by their name server, each
time anew. So nothing is concluded from the text of a URL: a name is resolved once, all that it
resolves to is looked at, and the connection is made to one of these very addresses. TLS and the
Host header keep the name. Whatever asks for a connection comes by here; there is no other way out.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpcore
import httpx

from pypot_cli.errors import UnreadableInputError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Of the special-purpose registries of IANA, whatever is not globally reachable or is only a way to
# somewhere else. https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6-
_INSIDE_4 = [
    ipaddress.IPv4Network(each)
    for each in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by carriers (CGNAT)
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, and the metadata of clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
]
# All that is ever given out to hosts is in here, but for these parts of it.
_OUTSIDE_6 = ipaddress.IPv6Network("2000::/3")
_INSIDE_6 = [
    ipaddress.IPv6Network(each)
    for each in (
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID and more
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
]
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

# The last label of what some readers take for a number: 2130706433, 0177.0.0.1, 0x7f.1.
_NUMBER = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)")


class BlockedError(httpcore.ConnectError):
    """An address that must not be connected to; the text says why and not where."""


class UnknownNameError(httpcore.ConnectError):
    """A name that does not resolve."""


@dataclass(frozen=True)
class Rules:
    """What may be connected to besides public addresses by HTTPS on port 443."""

    networks: tuple[Network, ...] = ()
    """Of these also private addresses: an operator's own receivers, and tests'."""
    ports: frozenset[int] = frozenset({443})
    insecure: bool = False
    """Plain HTTP too. For development: what is sent can be read and changed on its way."""


@dataclass(frozen=True)
class Target:
    """Where a URL leads, as it was checked and as it is asked for."""

    secure: bool
    host: bytes
    port: int
    path: bytes

    @property
    def url(self) -> httpcore.URL:
        """The URL, put together from what was checked and from nothing else."""
        return httpcore.URL(
            scheme=b"https" if self.secure else b"http",
            host=self.host,
            port=self.port,
            target=self.path,
        )

    @property
    def host_header(self) -> bytes:
        """The Host header: the name, and the port where it is not the scheme's own."""
        host = b"[%s]" % self.host if b":" in self.host else self.host
        usual = 443 if self.secure else 80
        return host if self.port == usual else b"%s:%d" % (host, self.port)


Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the addresses of a name, in order of preference. Raises OSError."""


def read_networks(given: Iterable[str]) -> tuple[Network, ...]:
    """Return networks given as CIDR. Raises UnreadableInputError for what is none."""
    try:
        return tuple(ipaddress.ip_network(each) for each in given)
    except ValueError as error:
        raise UnreadableInputError(f"--allow-network: {error}") from None


def read_url(text: str, rules: Rules) -> Target:
    """Return where a URL leads. Raises BlockedError where nothing may be sent.

    This is about the form: no user, no port or scheme but those allowed, no number that only some
    readers take for an address. What the name resolves to is looked at by `Backend`.
    """
    if len(text) > 2000 or re.search(r"[\x00-\x20\x7f\\]", text):
        raise BlockedError("a character that no URL has")
    try:
        url = httpx.URL(text)
        host = url.raw_host
        usual = {"https": 443, "http": 80}.get(url.scheme, 0)
        port = usual if url.port is None else url.port
    except (httpx.InvalidURL, ValueError):
        raise BlockedError("no URL") from None
    if url.scheme != "https" and not (url.scheme == "http" and rules.insecure):
        raise BlockedError("not by https")
    if url.userinfo or "@" in text.partition("//")[2].partition("/")[0]:
        raise BlockedError("a user in the URL")
    if not host or not host.strip(b"."):
        raise BlockedError("no host")
    if port not in rules.ports:
        raise BlockedError(f"port {port}")
    name = host.decode("ascii").rstrip(".")
    if ":" in name or _NUMBER.fullmatch(name.rpartition(".")[2]):
        _require_outside(_literal(name), rules)
    return Target(url.scheme == "https", host, port, url.raw_path)


def is_outside(address: Address, rules: Rules) -> bool:
    """Say whether an address may be connected to."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _MAPPED or address in _NAT64:
            # What is inside it is where the packets go.
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
            return is_outside(inner, rules)
        if _is_in(address, rules.networks):
            return address.scope_id is None
        return address.scope_id is None and address in _OUTSIDE_6 and not _is_in(address, _INSIDE_6)
    return _is_in(address, rules.networks) or not _is_in(address, _INSIDE_4)


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in each for each in networks if each.version == address.version)


def _literal(text: str) -> Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        raise BlockedError("a number for a host that is no address") from None


def _require_outside(address: Address, rules: Rules) -> None:
    if not is_outside(address, rules):
        raise BlockedError("an address inside")


async def system_names(host: str, port: int) -> Sequence[str]:
    """Return what the system's resolver knows of a name."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@dataclass
class Backend(httpcore.AsyncNetworkBackend):
    """The one maker of connections: it resolves a name, and connects to what it looked at.

    A name of several addresses is refused if any of them lies inside: nobody honest has such a
    name, and whichever is taken would be a matter of chance.
    """

    rules: Rules
    resolve: Resolve = system_names
    inner: httpcore.AsyncNetworkBackend = field(default_factory=httpcore.AnyIOBackend)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Return a connection. Raises BlockedError, UnknownNameError and httpcore's own."""
        async with _within(timeout):
            addresses = await self.look(host, port)
            failed: Exception | None = None
            for address in addresses:
                try:
                    return await self.inner.connect_tcp(
                        str(address), port, timeout, local_address, socket_options
                    )
                except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                    failed = error
        raise failed or UnknownNameError("no address")

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: nothing outside is a socket of this machine."""
        raise BlockedError("a socket of this machine")

    async def sleep(self, seconds: float) -> None:
        """As the inner one."""
        await self.inner.sleep(seconds)

    async def look(self, host: str, port: int) -> list[Address]:
        """Return the addresses of a name. Raises BlockedError unless all of them lie outside."""
        if port not in self.rules.ports:
            raise BlockedError(f"port {port}")
        addresses = await self._addresses(host, port)
        for address in addresses:
            _require_outside(address, self.rules)
        return addresses

    async def _addresses(self, host: str, port: int) -> list[Address]:
        if ":" in host or _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
            return [_literal(host.rstrip("."))]
        try:
            found = await self.resolve(host, port)
        except (OSError, UnicodeError):
            raise UnknownNameError("a name that does not resolve") from None
        return [_literal(each) for each in found]


class _within:  # noqa: N801 (reads as a word)
    """As asyncio.timeout, with httpcore's error."""

    def __init__(self, seconds: float | None) -> None:
        self._timeout = asyncio.timeout(seconds)

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()

    async def __aexit__(self, *error: Any) -> None:
        try:
            await self._timeout.__aexit__(*error)
        except TimeoutError:
            raise httpcore.ConnectTimeout("too slow") from None
