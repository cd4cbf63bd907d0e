"""Ed25519 (RFC 8032): what each party signs, key ids, and verification as strict as the database's.

OpenSSL alone is not strict enough: it takes public keys that RFC 8032, section 5.1.3 forbids and
keys of small order, under which one signature fits many messages.
"""

from __future__ import annotations

from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from pypot_cli.errors import UnreadableInputError
from pypot_cli.fairness.canonical import is_hex
from pypot_cli.fairness.draw import sha256, tag

Purpose = Literal["orchestrator", "settlement", "beacon"]

_P = 2**255 - 19  # the field, RFC 8032, section 5.1
_L = 2**252 + 27742317777372353535851937790883648493  # the order of the base point
_SIGN_BIT = 1 << 255

# The y of a point of order 8: a root of d y^4 + 2 y^2 = 1, where doubling a point gives y = 0.
_Y8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
# All y of the 8 points whose order divides 8: 1 (order 1), -1 (2), 0 (4) and +-_Y8 (8).
_SMALL_ORDER_Y = frozenset({0, 1, _P - 1, _Y8, _P - _Y8})


def public_key(private_key: bytes) -> bytes:
    """Return the 32-byte public key of a 32-byte private key (RFC 8032, section 5.1.5)."""
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def kid(purpose: str, key: bytes, game: str) -> str:
    """Return a key's id: 16 hex digits that depend on its purpose as well as on the key.

    The first 16 hex digits of SHA-256(T("<game>/kid/v1") || ASCII(purpose) || 0x00 || key).
    """
    return sha256(tag(f"{game}/kid/v1"), tag(purpose), key).hex()[:16]


def orchestrator_message(lock_digest: bytes, game: str) -> bytes:
    """Return what the orchestrator signs after a lock."""
    return tag(f"{game}/orchestrator/v1") + lock_digest


def settlement_message(lock_digest: bytes, seed: bytes, game: str) -> bytes:
    """Return what the settlement signer signs with a reveal."""
    return tag(f"{game}/settlement/v1") + lock_digest + seed


def beacon_message(lock_digest: bytes, beacon_signature: bytes, game: str) -> bytes:
    """Return what a beacon witness signs (draw 2)."""
    return tag(f"{game}/beacon/v1") + lock_digest + beacon_signature


def sign(private_key: bytes, message: bytes) -> bytes:
    """Return the 64-byte signature, always the same one (RFC 8032, section 5.1.6)."""
    return Ed25519PrivateKey.from_private_bytes(private_key).sign(message)


def is_valid_key(key: bytes) -> bool:
    """Say whether `key` is the one encoding of a curve point, and not of a point of small order."""
    if len(key) != 32:
        return False
    y = int.from_bytes(key, "little") & (_SIGN_BIT - 1)
    return y < _P and y not in _SMALL_ORDER_Y and _is_on_curve(y)


def _is_on_curve(y: int) -> bool:
    # -x^2 + y^2 = 1 + d x^2 y^2, so x^2 = (y^2 - 1) / (d y^2 + 1) must be a square, and is one if
    # the product of the two is; Euler's criterion says so. d y^2 + 1 is never 0, as -1/d is no
    # square. x = 0 only at y = +-1, which are of small order, so no sign bit is left to check.
    d = -121665 * pow(121666, -1, _P) % _P
    return pow((y * y - 1) * (d * y * y + 1), (_P - 1) // 2, _P) == 1


def read_public_key(text: str) -> bytes:
    """Return the 32 bytes of a public key given as 64 lower-case hex digits.

    Raises UnreadableInputError if it is anything else, or a key that `verify` would never accept.
    """
    if not is_hex(text, 32) or not is_valid_key(bytes.fromhex(text)):
        raise UnreadableInputError(
            "a public key is 64 lower-case hex digits, as pypot keys new prints"
        )
    return bytes.fromhex(text)


def verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether `signature` (64 bytes: R, S) over `message` is by `key` (32 bytes).

    Strict and without the cofactor: key and R as `is_valid_key`, S < L, and R must be the exact
    bytes that the equation yields, so no second signature is made from a first (RFC 8032, 5.1.7).
    """
    if len(signature) != 64 or not is_valid_key(key) or not is_valid_key(signature[:32]):
        return False
    if int.from_bytes(signature[32:], "little") >= _L:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True
