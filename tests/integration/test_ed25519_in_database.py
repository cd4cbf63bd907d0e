"""The Ed25519 verifier in plpgsql against OpenSSL, on inputs that hypothesis makes up."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.database import Database

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
L = 2**252 + 27742317777372353535851937790883648493
Y_OF_ORDER_8 = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
Y_OF_SMALL_ORDER = {0, 1, P - 1, Y_OF_ORDER_8, P - Y_OF_ORDER_8}

pytestmark = pytest.mark.postgres(17, 15)

seeds = st.binary(min_size=32, max_size=32)
messages = st.binary(max_size=300)
calm = settings(max_examples=60, deadline=None)


@pytest.fixture
def conn(db: Database) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the functions' owner: nobody else may call them."""
    with db.connect() as connection:
        yield connection


def verify(conn: psycopg.Connection[Any], key: bytes, message: bytes, signature: bytes) -> bool:
    row = conn.execute(
        "select private.ed25519_verify(%s, %s, %s)", (key, message, signature)
    ).fetchone()
    assert row is not None
    assert isinstance(row[0], bool)
    return row[0]


def is_valid_key(conn: psycopg.Connection[Any], key: bytes) -> bool:
    row = conn.execute("select private.ed25519_is_valid_key(%s)", (key,)).fetchone()
    assert row is not None
    assert isinstance(row[0], bool)
    return row[0]


def openssl_verify(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def test_what_openssl_signs_is_valid(conn: psycopg.Connection[Any]) -> None:
    @calm
    @given(seeds, messages)
    def holds(seed: bytes, message: bytes) -> None:
        private_key = Ed25519PrivateKey.from_private_bytes(seed)
        key = private_key.public_key().public_bytes_raw()
        assert is_valid_key(conn, key)
        assert verify(conn, key, message, private_key.sign(message))

    holds()


def test_what_was_changed_is_judged_as_openssl_judges_it(conn: psycopg.Connection[Any]) -> None:
    @calm
    @given(
        seeds,
        st.binary(min_size=1, max_size=300),
        st.sampled_from(["key", "message", "R", "S"]),
        st.integers(min_value=1),
    )
    def agrees(seed: bytes, message: bytes, part: str, change: int) -> None:
        private_key = Ed25519PrivateKey.from_private_bytes(seed)
        signature = private_key.sign(message)
        parts = {
            "key": private_key.public_key().public_bytes_raw(),
            "message": message,
            "R": signature[:32],
            "S": signature[32:],
        }
        size = len(parts[part])
        changed = (int.from_bytes(parts[part], "little") + change) % 256**size
        parts[part] = changed.to_bytes(size, "little")

        arguments = (parts["key"], parts["message"], parts["R"] + parts["S"])
        unchanged = change % 256**size == 0
        assert verify(conn, *arguments) == openssl_verify(*arguments) == unchanged

    agrees()


def test_adding_the_order_to_s_never_helps(conn: psycopg.Connection[Any]) -> None:
    @calm
    @given(seeds, messages, st.integers(min_value=1, max_value=14))
    def refuses(seed: bytes, message: bytes, times: int) -> None:
        private_key = Ed25519PrivateKey.from_private_bytes(seed)
        key = private_key.public_key().public_bytes_raw()
        signature = private_key.sign(message)
        s = int.from_bytes(signature[32:], "little") + times * L
        malleable = signature[:32] + s.to_bytes(32, "little")
        assert not openssl_verify(key, message, malleable)
        assert not verify(conn, key, message, malleable)

    refuses()


def test_a_key_is_valid_if_it_is_a_point_of_the_curve(conn: psycopg.Connection[Any]) -> None:
    near_the_ends = st.integers(0, 60) | st.integers(P - 60, 2**255 - 1)

    @settings(max_examples=200, deadline=None)
    @given(st.integers(0, 2**255 - 1) | near_the_ends, st.booleans())
    def agrees(y: int, sign: bool) -> None:
        ratio = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
        on_curve = pow(ratio, (P - 1) // 2, P) in (0, 1)  # Euler: x^2 = ratio has a root
        expected = y < P and on_curve and y not in Y_OF_SMALL_ORDER
        assert is_valid_key(conn, (y | sign << 255).to_bytes(32, "little")) == expected

    agrees()


def test_bytes_of_any_length_are_false_and_no_error(conn: psycopg.Connection[Any]) -> None:
    @calm
    @given(st.binary(max_size=70), messages, st.binary(max_size=140))
    def refuses(key: bytes, message: bytes, signature: bytes) -> None:
        assert not verify(conn, key, message, signature)

    refuses()


def test_a_message_of_ten_megabytes(conn: psycopg.Connection[Any]) -> None:
    private_key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    key = private_key.public_key().public_bytes_raw()
    message = bytes(10_000_000)
    signature = private_key.sign(message)
    assert verify(conn, key, message, signature)
    assert not verify(conn, key, message[:-1], signature)
