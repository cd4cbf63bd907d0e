"""Ed25519 against RFC 8032, and everything strict verification must refuse."""

import functools
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import assume, given
from hypothesis import strategies as st

from pypot_cli.errors import UnreadableInputError
from pypot_cli.fairness import signing
from pypot_cli.fairness.draw import sha256
from pypot_cli.game import GAME

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
SIGN_BIT = 1 << 255

# RFC 8032, section 7.1: secret key, public key, message, signature (TEST 1, 2, 3, SHA(abc)).
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
        "b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f1"
        "1d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
        "c6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431"
        "e0303dca179c138ac17ad9bef1177331a704",
    ),
]
SECRET, PUBLIC, MESSAGE, SIGNATURE = (bytes.fromhex(part) for part in RFC_8032[2])

Point = tuple[int, int]
D = -121665 * pow(121666, -1, P) % P


def add(one: Point, two: Point) -> Point:
    """Add two points by the complete affine formulas of RFC 8032, section 5.1.4."""
    (x1, y1), (x2, y2) = one, two
    cross = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + y1 * x2) * pow(1 + cross, -1, P) % P
    y = (y1 * y2 + x1 * x2) * pow(1 - cross, -1, P) % P
    return x, y


def multiply(factor: int, point: Point) -> Point:
    result = (0, 1)
    for bit in f"{factor:b}":
        result = add(result, result)
        if bit == "1":
            result = add(result, point)
    return result


def points_at(y: int) -> list[Point]:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return [] if (x * x - square) % P else sorted({(x, y), (-x % P, y)})


@functools.cache
def small_order_points() -> frozenset[Point]:
    """Return the points whose order divides 8: L times any point is one of them."""
    return frozenset(multiply(L, point) for y in range(2, 40) for point in points_at(y))


def encode(point: Point) -> bytes:
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


@pytest.mark.parametrize(("secret", "public", "message", "signature"), RFC_8032)
def test_the_vectors_of_rfc_8032(secret: str, public: str, message: str, signature: str) -> None:
    key, said, signed = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert signing.public_key(bytes.fromhex(secret)) == key
    assert signing.sign(bytes.fromhex(secret), said) == signed
    assert signing.verify(key, said, signed)
    assert not signing.verify(key, said + b"\x00", signed)


@given(st.integers(0, 511))
def test_a_signature_with_one_bit_changed_is_refused(bit: int) -> None:
    altered = (int.from_bytes(SIGNATURE, "big") ^ 1 << bit).to_bytes(64, "big")
    assert not signing.verify(PUBLIC, MESSAGE, altered)


@given(st.integers(0, 255))
def test_a_signature_by_a_key_with_one_bit_changed_is_refused(bit: int) -> None:
    altered = (int.from_bytes(PUBLIC, "big") ^ 1 << bit).to_bytes(32, "big")
    assert not signing.verify(altered, MESSAGE, SIGNATURE)


def test_a_malleable_s_is_refused() -> None:
    s = int.from_bytes(SIGNATURE[32:], "little")
    for times in range(1, 15):
        again = (s + times * L).to_bytes(32, "little")
        assert not signing.verify(PUBLIC, MESSAGE, SIGNATURE[:32] + again)
    assert not signing.verify(PUBLIC, MESSAGE, SIGNATURE[:32] + L.to_bytes(32, "little"))


@pytest.mark.parametrize("size", [0, 1, 32, 63, 65, 128])
def test_a_signature_of_another_length_is_refused(size: int) -> None:
    assert not signing.verify(PUBLIC, MESSAGE, (SIGNATURE * 2)[:size])


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_key_of_another_length_is_refused(size: int) -> None:
    assert not signing.verify((PUBLIC * 2)[:size], MESSAGE, SIGNATURE)


def test_the_eight_points_of_small_order_are_no_keys_and_are_all_that_were_left_out() -> None:
    small = small_order_points()
    assert len(small) == 8
    for point in small:
        assert multiply(8, point) == (0, 1)
        assert not signing.is_valid_key(encode(point))
        # OpenSSL takes this as a signature of any message by the neutral element.
        assert not signing.verify(encode(point), MESSAGE, encode((0, 1)) + bytes(32))
    assert {y for _, y in small} == signing._SMALL_ORDER_Y


def test_a_key_that_is_not_canonical_is_refused() -> None:
    # Only y below 19 has a second spelling, y + p, that still fits 255 bits.
    for y in range(19):
        for sign in (0, SIGN_BIT):
            assert not signing.is_valid_key((y + P | sign).to_bytes(32, "little"))
    # x = 0 with the sign bit set (RFC 8032, section 5.1.3, step 4).
    for y in (1, P - 1):
        assert not signing.is_valid_key((y | SIGN_BIT).to_bytes(32, "little"))


@given(st.integers(2, P - 2), st.booleans())
def test_a_key_is_valid_when_and_only_when_it_is_on_the_curve(y: int, sign: bool) -> None:
    # Hypothesis also tries constants of the code, and those of small order are among them.
    assume(y not in {small for _, small in small_order_points()})
    key = (y | sign * SIGN_BIT).to_bytes(32, "little")
    assert signing.is_valid_key(key) == (len(points_at(y)) == 2)


def test_an_r_that_is_not_canonical_or_not_on_the_curve_is_refused() -> None:
    for y in [*range(19), P, P + 1, P + 18]:
        for sign in (0, SIGN_BIT):
            r = (y | sign).to_bytes(32, "little")
            assert not signing.verify(PUBLIC, MESSAGE, r + SIGNATURE[32:])


def test_an_r_of_small_order_is_refused_even_from_the_keys_owner() -> None:
    # With the nonce 0, R is the neutral element and S = k a: the equation holds, OpenSSL accepts.
    half = hashlib.sha512(SECRET).digest()[:32]
    scalar = int.from_bytes(half, "little") & ((1 << 254) - 8) | 1 << 254
    r = encode((0, 1))
    k = int.from_bytes(hashlib.sha512(r + PUBLIC + MESSAGE).digest(), "little")
    signature = r + (k * scalar % L).to_bytes(32, "little")
    Ed25519PublicKey.from_public_bytes(PUBLIC).verify(signature, MESSAGE)
    assert not signing.verify(PUBLIC, MESSAGE, signature)


def test_a_kid_hashes_purpose_and_key_as_documented() -> None:
    message = b"pots/kid/v1\x00" + b"settlement" + b"\x00" + PUBLIC
    assert signing.kid("settlement", PUBLIC, GAME) == sha256(message).hex()[:16]
    purposes = ("orchestrator", "settlement", "beacon")
    assert len({signing.kid(purpose, PUBLIC, GAME) for purpose in purposes}) == 3


def test_no_two_messages_to_sign_can_be_mistaken_for_each_other() -> None:
    digest, seed = b"\x01" * 32, b"\x02" * 32
    assert signing.orchestrator_message(digest, GAME) == b"pots/orchestrator/v1\x00" + digest
    assert (
        signing.settlement_message(digest, seed, GAME) == b"pots/settlement/v1\x00" + digest + seed
    )
    assert signing.beacon_message(digest, seed, GAME) == b"pots/beacon/v1\x00" + digest + seed


def test_a_public_key_is_read_strictly() -> None:
    assert signing.read_public_key(PUBLIC.hex()) == PUBLIC
    for text in ("", PUBLIC.hex().upper(), PUBLIC.hex()[:-1], f"0x{PUBLIC.hex()}", "00" * 32):
        with pytest.raises(UnreadableInputError) as told:
            signing.read_public_key(text)
        assert str(told.value) == (
            "a public key is 64 lower-case hex digits, as pypot keys new prints"
        )
