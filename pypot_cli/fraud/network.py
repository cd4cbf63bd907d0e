"""Addresses and devices as an operator of a web service sees them."""

from __future__ import annotations

import ipaddress
import random
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

_FIRST = tuple(each for each in range(24, 217) if each not in (100, 127, 169, 172, 192, 198, 203))
"""First octets of public addresses; those with private or reserved parts are left out."""


def ipv4(rng: random.Random) -> str:
    """Return a public IPv4 address."""
    last = (rng.randrange(256), rng.randrange(256), rng.randrange(1, 255))
    return ".".join(map(str, (rng.choice(_FIRST), *last)))


def neighbours(rng: random.Random, count: int) -> list[str]:
    """Return so many addresses of one /24, as a provider's pool has."""
    prefix = ipv4(rng).rsplit(".", 1)[0]
    return [f"{prefix}.{last}" for last in rng.sample(range(1, 255), min(count, 254))]


def ipv6_site(rng: random.Random) -> str:
    """Return a /64 as text, which `Network` puts a host's part behind."""
    return str(ipaddress.IPv6Network(((0x2A << 120) | (rng.getrandbits(56) << 64), 64)))


def device(rng: random.Random) -> str:
    """Return a device id, as an app makes one when it is installed."""
    return str(UUID(int=rng.getrandbits(128), version=4))


@dataclass(frozen=True)
class Network:
    """Where somebody is online: addresses, or IPv6 sites (/64), of which each session gets one."""

    pool: Sequence[str]

    def address(self, rng: random.Random) -> str:
        """Return the address of a session."""
        chosen = rng.choice(self.pool)
        if "/" not in chosen:
            return chosen
        site = ipaddress.IPv6Network(chosen)
        # A privacy extension: the host's part of the address is new every time (RFC 8981).
        return str(site[rng.randrange(1, 1 << 64)])


def home(rng: random.Random, ipv6_share: float = 0.35) -> Network:
    """Return the network of a home: one IPv4 address, or one IPv6 site."""
    return Network([ipv6_site(rng) if rng.random() < ipv6_share else ipv4(rng)])
