"""Rounds of a public randomness beacon, drand's, and their BLS signatures.

Pure: no network and no clock. Which round belongs to a moment is arithmetic, and whether a
signature is a round's is mathematics; so it never matters who handed a signature over.

Of drand's schemes one is known, `bls-unchained-g1-rfc9380`: BLS signatures (draft-irtf-cfrg-bls-
signature-05, section 2) on G1 of BLS12-381 over SHA-256 of the round's number, hashed to the curve
as RFC 9380 says, under a public key on G2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyblst import BlstP1Element, BlstP2Element, final_verify, miller_loop

from pypot_cli.fairness.canonical import read_hex
from pypot_cli.fairness.draw import sha256, u32, u64

SCHEME = "bls-unchained-g1-rfc9380"
"""drand's name of the one scheme that is known here."""

SIGNATURE_SIZE = 48
"""Bytes of a round's signature: a compressed point of G1."""

PUBLIC_KEY_SIZE = 96
"""Bytes of a chain's public key: a compressed point of G2."""

ORDER = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
"""The order r of both groups, and one more than the largest private key."""

_DST = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
# The generator of G2 (draft-irtf-cfrg-pairing-friendly-curves-11, section 4.2.1), compressed.
_G2 = BlstP2Element.uncompress(
    bytes.fromhex(
        "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d05"
        "5d042b7e024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbef"
        "d48056c8c121bdb8"
    )
)
_SECOND = 1_000_000
_DEFAULT_BEACON_IDS = ("", "default")
_MAX_I64 = 2**63 - 1


@dataclass(frozen=True)
class Chain:
    """One beacon: who signs, and when. Raises ValueError for what cannot be a chain.

    `hash` is 32 bytes, `public_key` a compressed point of G2 (96 bytes, of the right subgroup and
    not infinity), `genesis_time` the Unix time of round 1, `period` the seconds between rounds.
    """

    hash: bytes
    public_key: bytes
    scheme: str
    genesis_time: int
    period: int

    def __post_init__(self) -> None:
        """Refuse what would verify nothing, or anything."""
        if self.scheme != SCHEME:
            raise ValueError(f"the scheme of a beacon must be {SCHEME}")
        if len(self.hash) != 32:
            raise ValueError("a chain hash is 32 bytes")
        if not is_public_key(self.public_key):
            raise ValueError("the public key is not a point of G2 that signatures can be under")
        if not (0 <= self.genesis_time <= _MAX_I64 and 1 <= self.period < 2**32):
            raise ValueError("a beacon begins after 1970 and has rounds of whole seconds")

    def round_at(self, micros: int) -> int:
        """Return the first round whose time is at or after `micros` (microseconds since 1970)."""
        late = micros - self.genesis_time * _SECOND
        return max(1, 1 - (-late // (self.period * _SECOND)))

    def round_time(self, number: int) -> int:
        """Return when a round is due, in microseconds since 1970; nobody has it earlier.

        Raises ValueError below round 1.
        """
        if number < 1:
            raise ValueError("rounds count from 1")
        return (self.genesis_time + (number - 1) * self.period) * _SECOND


def chain_hash(
    *,
    public_key: bytes,
    genesis_time: int,
    period: int,
    group_hash: bytes,
    beacon_id: str,
) -> bytes:
    """Return the 32 bytes that name a chain, as drand computes them (its `chain.Info.Hash`).

    The SHA-256 of u32 period || i64 genesis time || public key || group hash || beacon id. The
    scheme is no part of it, which is why only one is taken. Raises OverflowError for a period above
    32 bits or a time above 63.
    """
    return sha256(
        u32(period),
        genesis_time.to_bytes(8, "big", signed=True),
        public_key,
        group_hash,
        b"" if beacon_id in _DEFAULT_BEACON_IDS else beacon_id.encode(),
    )


def chain_from_info(info: Mapping[str, Any]) -> Chain:
    """Return the chain that drand's /info describes, in the words of either version of its API.

    Its hash is computed from what it says of itself: so whoever knows the hash trusts the rest.
    Raises ValueError for what is malformed, of another scheme, or has another hash than it says.
    """
    try:
        period, genesis_time = info["period"], info["genesis_time"]
        if "schemeID" in info:  # version 1
            scheme, beacon_id = info["schemeID"], info["metadata"]["beaconID"]
            stated, group_hash = info["hash"], info["groupHash"]
        else:
            scheme, beacon_id = info["scheme"], info["beacon_id"]
            stated, group_hash = info["chain_hash"], info["genesis_seed"]
        for value, kind in ((period, int), (genesis_time, int), (scheme, str), (beacon_id, str)):
            if type(value) is not kind:
                raise ValueError("a value of the wrong type")
        chain = Chain(
            hash=read_hex(stated, 32, "the chain hash"),
            public_key=read_hex(info["public_key"], PUBLIC_KEY_SIZE, "the public key"),
            scheme=scheme,
            genesis_time=genesis_time,
            period=period,
        )
        computed = chain_hash(
            public_key=chain.public_key,
            genesis_time=genesis_time,
            period=period,
            group_hash=read_hex(group_hash, 32, "the group hash"),
            beacon_id=beacon_id,
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not the /info of a drand chain: {error}") from None
    if computed != chain.hash:
        raise ValueError(f"the chain that is described has the hash {computed.hex()}")
    return chain


def is_public_key(key: bytes) -> bool:
    """Say whether `key` is the one encoding of a point of G2 that is not infinity."""
    try:
        # Infinity is in the group, and under it infinity is a signature of everything.
        return bool(BlstP2Element.uncompress(key) != BlstP2Element())
    except ValueError:
        return False


def verify_round(chain: Chain, number: int, signature: bytes) -> bool:
    """Say whether `signature` (48 bytes) is the chain's of round `number`.

    There is exactly one such signature. False for anything that is not the one encoding of a point
    of G1, and for what can be no round (below 1, or above 64 bits).
    """
    if not 1 <= number < 2**64:
        return False
    try:
        point = BlstP1Element.uncompress(signature)
    except ValueError:
        return False
    # Infinity needs no refusal: it is a signature under infinity alone, which is no chain's key.
    key = BlstP2Element.uncompress(chain.public_key)
    left = miller_loop(point, _G2)
    right = miller_loop(BlstP1Element.hash_to_group(_message(number), _DST), key)
    return bool(final_verify(left, right))


def public_key(private_key: int) -> bytes:
    """Return the 96-byte public key of a private one, 1 .. ORDER - 1: for a beacon of one's own."""
    return bytes(_G2.scalar_mul(_in_range(private_key)).compress())


def sign_round(private_key: int, number: int) -> bytes:
    """Return the 48-byte signature of round `number`: for a beacon of one's own.

    Not in constant time: whoever measures it learns of the key. Raises ValueError for no key.
    """
    point = BlstP1Element.hash_to_group(_message(number), _DST)
    return bytes(point.scalar_mul(_in_range(private_key)).compress())


def _in_range(private_key: int) -> int:
    if not 1 <= private_key < ORDER:
        raise ValueError("a private key is a number from 1 to ORDER - 1")
    return private_key


def _message(number: int) -> bytes:
    return sha256(u64(number))


QUICKNET = Chain(
    hash=bytes.fromhex("52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"),
    public_key=bytes.fromhex(
        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a"
        "2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76"
        "eae8991ef5ece45a"
    ),
    scheme=SCHEME,
    genesis_time=1692803367,
    period=3,
)
"""The public beacon of the League of Entropy: a round every 3 seconds since August 2023."""

Chains = Mapping[bytes, Chain]
"""The chains somebody trusts, by chain hash."""

BUILT_IN: Chains = {QUICKNET.hash: QUICKNET}
"""What is trusted unless somebody says more."""
