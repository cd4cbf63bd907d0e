"""Every byte string of a draw, from the seed to the winning ticket (contract, section 5).

Pure functions over bytes. Integers are big-endian, a time is microseconds since 1970 UTC, and a
UUID is its 16 bytes. `game` is the domain that keeps the hashes of one kind of game apart from
those of every other; nothing else here knows which game is played.
"""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

NO_BEACON = bytes(32)
"""The beacon chain hash of a draw that uses no beacon."""


def tag(text: str) -> bytes:
    """Return T(text): its ASCII bytes and one zero byte. Raises ValueError if it is not ASCII."""
    return text.encode("ascii") + b"\x00"


def sha256(*parts: bytes) -> bytes:
    """Return the 32-byte SHA-256 (FIPS 180-4) of `parts` joined."""
    return hashlib.sha256(b"".join(parts)).digest()


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """Return the 32-byte HMAC-SHA256 (RFC 2104; vectors in RFC 4231)."""
    return hmac.digest(key, message, "sha256")


def u32(number: int) -> bytes:
    """Return 4 bytes, big-endian. Raises OverflowError outside 0 .. 2^32 - 1."""
    return number.to_bytes(4, "big")


def u64(number: int) -> bytes:
    """Return 8 bytes, big-endian. Raises OverflowError outside 0 .. 2^64 - 1."""
    return number.to_bytes(8, "big")


def commit_hash(seed: bytes) -> bytes:
    """Return SHA(seed) of a 32-byte seed: what the operator is held to."""
    return sha256(seed)


def commit_tag(round_id: UUID, commitment: bytes, game: str) -> bytes:
    """Return what is public from creation: it binds the commitment and does not show it."""
    return sha256(tag(f"{game}/commit-tag/v1"), round_id.bytes, commitment)


def rules_hash(text: str, game: str) -> bytes:
    """Return the hash of a rules text exactly as it is stored (UTF-8, never re-serialised)."""
    return sha256(tag(f"{game}/rules/v1"), text.encode())


def entrant_tag(salt: bytes, round_id: UUID, user_id: UUID) -> bytes:
    """Return the 32-byte tag that stands for a buyer; only who knows `salt` (32 bytes) can tell."""
    return hmac_sha256(salt, round_id.bytes + user_id.bytes)


def lock_digest(
    *,
    round_id: UUID,
    draw_version: int,
    commitment: bytes,
    rules: bytes,
    entries_root: bytes,
    total_tickets: int,
    locked_at: int,
    beacon_chain_hash: bytes = NO_BEACON,
    beacon_round: int = 0,
    game: str,
) -> bytes:
    """Return the 32 bytes both parties sign: all that decides the draw, fixed at lock.

    `rules` is the rules hash, `locked_at` microseconds since 1970 UTC.
    """
    return sha256(
        tag(f"{game}/lock/v1"),
        round_id.bytes,
        u32(draw_version),
        commitment,
        rules,
        entries_root,
        u64(total_tickets),
        u64(locked_at),
        beacon_chain_hash,
        u64(beacon_round),
    )


def draw_hmac(seed: bytes, commitment: bytes) -> bytes:
    """Return HMAC(seed, commit_hash): the 32 random bytes of the draw (PRD 4.3)."""
    return hmac_sha256(seed, commitment)


def winner_index(drawn: bytes, total_tickets: int) -> int:
    """Return the drawn 256-bit number mod `total_tickets`: 0 .. total_tickets - 1.

    The bias of the modulus is below total_tickets / 2^256. Raises ValueError without tickets.
    """
    if total_tickets < 1:
        raise ValueError("a draw needs at least one ticket")
    return int.from_bytes(drawn, "big") % total_tickets


def rotation(beacon_signature: bytes, lock_digest: bytes, total_tickets: int) -> int:
    """Return BE256(HMAC(SHA(beacon_signature), lock_digest)) mod `total_tickets` (draw 2).

    How far the beacon moves the winner: nobody could know it when the seed was revealed. Raises
    ValueError without tickets.
    """
    return winner_index(hmac_sha256(sha256(beacon_signature), lock_digest), total_tickets)


def rotated(index: int, rotation: int, total_tickets: int) -> int:
    """Return the winning ticket of draw 2: `index` moved on by `rotation`, round the end."""
    return (index + rotation) % total_tickets


def audit_row_hash(
    *,
    round_id: UUID,
    seq: int,
    prev_hash: bytes,
    created_at: int,
    payload: str,
    game: str,
) -> bytes:
    """Return the hash of one row of a round's audit chain.

    `seq` counts from 1, `prev_hash` is the row before's (32 zero bytes for the first), `created_at`
    microseconds since 1970 UTC, `payload` the exact text that is stored.
    """
    return sealed_row_hash(
        round_id=round_id,
        seq=seq,
        prev_hash=prev_hash,
        created_at=created_at,
        payload_hash=sha256(payload.encode()),
        game=game,
    )


def sealed_row_hash(
    *,
    round_id: UUID,
    seq: int,
    prev_hash: bytes,
    created_at: int,
    payload_hash: bytes,
    game: str,
) -> bytes:
    """Return what `audit_row_hash` does, of a row whose payload is known by its hash alone."""
    return sha256(
        tag(f"{game}/audit/v1"),
        round_id.bytes,
        u64(seq),
        prev_hash,
        u64(created_at),
        payload_hash,
    )
