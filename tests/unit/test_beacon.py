"""Rounds of a beacon: their times, and which signatures are theirs."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyblst import BlstP1Element, BlstP2Element

from pypot_cli.fairness import beacon
from pypot_cli.fairness.beacon import ORDER, QUICKNET, SCHEME, Chain

RECORDED = json.loads(
    (Path(__file__).parent.parent / "fixtures" / "drand_quicknet.json").read_text()
)
ROUNDS = {each["round"]: bytes.fromhex(each["signature"]) for each in RECORDED["rounds"]}
NUMBER, SIGNATURE = 657413, ROUNDS[657413]

# The prime of the field, RFC 9380, section 8.8.
P = int(
    "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab",
    16,
)
COMPRESSED, INFINITY, SIGN = 0x80, 0x40, 0x20
OWN_KEY = 0x1234567890ABCDEF


def own_chain(key: int = OWN_KEY, *, genesis_time: int = 1000, period: int = 3) -> Chain:
    public_key = beacon.public_key(key)
    named = beacon.chain_hash(
        public_key=public_key,
        genesis_time=genesis_time,
        period=period,
        group_hash=bytes(32),
        beacon_id="test",
    )
    return Chain(named, public_key, SCHEME, genesis_time, period)


# ---------------------------------------------------------------------- rounds


@pytest.mark.parametrize(
    ("micros", "number"),
    [
        (0, 1),
        (1_000_000_000, 1),
        (1_000_000_001, 2),
        (1_003_000_000, 2),
        (1_003_000_001, 3),
        (999_999_999, 1),
    ],
)
def test_the_round_of_a_moment_is_the_first_at_or_after_it(micros: int, number: int) -> None:
    assert own_chain().round_at(micros) == number


def test_round_1_is_at_genesis_and_a_round_below_it_has_no_time() -> None:
    chain = own_chain()
    assert chain.round_time(1) == 1_000_000_000
    assert chain.round_time(11) == 1_030_000_000
    with pytest.raises(ValueError, match=r"^rounds count from 1$"):
        chain.round_time(0)


@given(st.integers(0, 2**62), st.integers(0, 2**40), st.integers(1, 86_400))
def test_no_round_is_skipped_and_none_is_early(micros: int, genesis: int, period: int) -> None:
    chain = replace(QUICKNET, genesis_time=genesis, period=period)
    number = chain.round_at(micros)
    assert chain.round_time(number) >= micros
    assert number == 1 or chain.round_time(number - 1) < micros


# ------------------------------------------------------------------ signatures


@pytest.mark.parametrize("number", ROUNDS)
def test_recorded_rounds_of_quicknet_verify(number: int) -> None:
    assert beacon.verify_round(QUICKNET, number, ROUNDS[number])
    stated = next(each["randomness"] for each in RECORDED["rounds"] if each["round"] == number)
    assert hashlib.sha256(ROUNDS[number]).hexdigest() == stated


@pytest.mark.parametrize("number", [NUMBER - 1, NUMBER + 1, 1000, 1, 0, -NUMBER, 2**64, 2**64 - 1])
def test_a_signature_is_of_one_round_only(number: int) -> None:
    assert not beacon.verify_round(QUICKNET, number, SIGNATURE)


@pytest.mark.parametrize("number", [1, 2**64 - 1])
def test_the_first_and_the_last_round_can_be_signed_and_verified(number: int) -> None:
    signature = beacon.sign_round(OWN_KEY, number)
    assert beacon.verify_round(own_chain(), number, signature)
    assert not beacon.verify_round(QUICKNET, number, signature)


def test_a_signature_of_another_chain_is_refused() -> None:
    chain = own_chain()
    signature = beacon.sign_round(OWN_KEY, NUMBER)
    assert beacon.verify_round(chain, NUMBER, signature)
    assert not beacon.verify_round(QUICKNET, NUMBER, signature)
    assert not beacon.verify_round(chain, NUMBER, SIGNATURE)
    assert not beacon.verify_round(own_chain(OWN_KEY + 1), NUMBER, signature)


@given(st.integers(0, 48 * 8 - 1))
def test_no_bit_of_a_signature_can_be_changed(bit: int) -> None:
    changed = bytearray(SIGNATURE)
    changed[bit // 8] ^= 1 << (bit % 8)
    assert not beacon.verify_round(QUICKNET, NUMBER, bytes(changed))


def _encoded(x: int, flags: int = COMPRESSED) -> bytes:
    encoding = bytearray(x.to_bytes(48, "big"))
    encoding[0] |= flags
    return bytes(encoding)


def _aliases() -> tuple[int, bytes]:
    """A round whose signature has so small an x that x + p fits the encoding too, and that one."""
    for number in range(1, 200):
        signature = beacon.sign_round(OWN_KEY, number)
        x = int.from_bytes(signature, "big") & (2**381 - 1)
        if x + P < 2**381:
            return number, _encoded(x + P, COMPRESSED | (signature[0] & SIGN))
    raise AssertionError("one in five signatures should do")


def test_a_second_encoding_of_a_signature_is_refused() -> None:
    number, alias = _aliases()
    assert beacon.verify_round(own_chain(), number, beacon.sign_round(OWN_KEY, number))
    assert not beacon.verify_round(own_chain(), number, alias)


# On the curve y^2 = x^3 + 4 and outside the subgroup: x = 4.
OUTSIDE = _encoded(4)


@pytest.mark.parametrize(
    "malformed",
    [
        b"",
        SIGNATURE[:-1],
        SIGNATURE + b"\x00",
        bytes(48),
        b"\xff" * 48,
        OUTSIDE,
        _encoded(0, COMPRESSED | INFINITY),
        _encoded(0, COMPRESSED | INFINITY | SIGN),
        _encoded(1, COMPRESSED | INFINITY),
        bytes([SIGNATURE[0] & ~COMPRESSED]) + SIGNATURE[1:],
        bytes([SIGNATURE[0] ^ SIGN]) + SIGNATURE[1:],
    ],
    ids=[
        "empty",
        "short",
        "long",
        "zero",
        "ones",
        "wrong subgroup",
        "infinity",
        "signed infinity",
        "infinity with an x",
        "not compressed",
        "negated",
    ],
)
def test_what_is_no_canonical_point_of_the_group_is_no_signature(malformed: bytes) -> None:
    assert not beacon.verify_round(QUICKNET, NUMBER, malformed)


def test_the_point_outside_the_subgroup_is_on_the_curve() -> None:
    # So it is the subgroup that it is refused for: an x that is on no point would prove nothing.
    assert pow(4**3 + 4, (P - 1) // 2, P) == 1
    with pytest.raises(ValueError, match="NOT_IN_GROUP"):
        BlstP1Element.uncompress(OUTSIDE)


# ---------------------------------------------------------------------- chains


def _outside_g2() -> bytes:
    """A point of the curve over Fp2 outside G2: almost every one is."""
    for x in range(1, 100):
        encoding = bytearray(96)
        encoding[0], encoding[95] = COMPRESSED, x
        try:
            BlstP2Element.uncompress(bytes(encoding))
        except ValueError as error:
            if "NOT_IN_GROUP" in str(error):
                return bytes(encoding)
    raise AssertionError("half of all x are of a point")


G2_INFINITY = bytes([COMPRESSED | INFINITY]) + bytes(95)


@pytest.mark.parametrize(
    "key",
    [b"", QUICKNET.public_key[:-1], G2_INFINITY, bytes(96), _outside_g2(), SIGNATURE],
    ids=["empty", "short", "infinity", "zero", "wrong subgroup", "a point of G1"],
)
def test_a_chain_under_a_key_that_is_no_point_of_g2_is_refused(key: bytes) -> None:
    why = "the public key is not a point of G2 that signatures can be under"
    with pytest.raises(ValueError, match=rf"^{why}$"):
        replace(QUICKNET, public_key=key)


NO_TIMES = "a beacon begins after 1970 and has rounds of whole seconds"
OTHER_SCHEME = "the scheme of a beacon must be bls-unchained-g1-rfc9380"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"scheme": "pedersen-bls-chained"}, OTHER_SCHEME),
        ({"hash": bytes(31)}, "a chain hash is 32 bytes"),
        ({"hash": bytes(33)}, "a chain hash is 32 bytes"),
        ({"genesis_time": -1}, NO_TIMES),
        ({"genesis_time": 2**63}, NO_TIMES),
        ({"period": 0}, NO_TIMES),
        ({"period": 2**32}, NO_TIMES),
    ],
)
def test_what_cannot_be_a_chain_is_refused(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=rf"^{why}$"):
        replace(QUICKNET, **changed)


def test_a_beacon_of_ones_own_that_would_begin_before_1970_is_refused_as_a_chain() -> None:
    with pytest.raises(ValueError, match=rf"^{NO_TIMES}$"):
        own_chain(genesis_time=-1)


@pytest.mark.parametrize(("genesis_time", "period"), [(0, 1), (2**63 - 1, 2**32 - 1)])
def test_the_first_and_the_last_times_of_a_chain_are_taken(genesis_time: int, period: int) -> None:
    chain = own_chain(genesis_time=genesis_time, period=period)
    assert chain.round_time(2) == (genesis_time + period) * 1_000_000
    assert (
        chain.hash
        == hashlib.sha256(
            period.to_bytes(4, "big")
            + genesis_time.to_bytes(8, "big")
            + chain.public_key
            + bytes(32)
            + b"test"
        ).digest()
    )


@pytest.mark.parametrize("beacon_id", ["default", ""])
def test_the_default_beacon_of_the_league_of_entropy_has_the_hash_it_is_known_by(
    beacon_id: str,
) -> None:
    # Of another scheme, and its id is no part of its hash: it is older than ids.
    named = beacon.chain_hash(
        public_key=bytes.fromhex(
            "868f005eb8e6e4ca0a47c8a77ceaa5309a47978a7c71bc5cce96366b5d7a569937c529eeda66c7293784a940"
            "2801af31"
        ),
        genesis_time=1595431050,
        period=30,
        group_hash=bytes.fromhex(
            "176f93498eac9ca337150b46d21dd58673ea4e3581185f869672e59fa4cb390a"
        ),
        beacon_id=beacon_id,
    )
    assert named.hex() == "8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce"


def test_quicknet_is_what_its_recorded_info_says() -> None:
    assert beacon.chain_from_info(RECORDED["info"]) == QUICKNET


def test_the_second_version_of_the_api_says_the_same_in_other_words() -> None:
    assert beacon.chain_from_info(_version_2(RECORDED["info"])) == QUICKNET


def _version_2(info: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "public_key": info["public_key"],
        "period": info["period"],
        "genesis_time": info["genesis_time"],
        "genesis_seed": info["groupHash"],
        "chain_hash": info["hash"],
        "scheme": info["schemeID"],
        "beacon_id": info["metadata"]["beaconID"],
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("period", 4),
        ("genesis_time", 1692803368),
        ("public_key", own_chain().public_key.hex()),
        ("groupHash", "00" * 32),
        ("hash", "00" * 32),
        ("metadata", {"beaconID": "fastnet"}),
        ("metadata", {"beaconID": "default"}),
    ],
)
def test_an_info_that_another_chain_hash_is_of_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match="has the hash"):
        beacon.chain_from_info({**RECORDED["info"], field: value})


NO_TYPE = "a value of the wrong type"


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("schemeID", "pedersen-bls-unchained", OTHER_SCHEME),
        ("schemeID", None, NO_TYPE),
        ("period", 3.0, NO_TYPE),
        ("period", True, NO_TYPE),
        ("period", "3", NO_TYPE),
        ("period", 0, NO_TIMES),
        ("genesis_time", -1, NO_TIMES),
        (
            "public_key",
            RECORDED["info"]["public_key"].upper(),
            "the public key must be 192 lower-case hex digits",
        ),
        ("public_key", "00", "the public key must be 192 lower-case hex digits"),
        ("hash", "52db", "the chain hash must be 64 lower-case hex digits"),
        ("groupHash", None, "the group hash must be 64 lower-case hex digits"),
        ("metadata", None, "not the /info of a drand chain: .+"),
        ("metadata", {}, "not the /info of a drand chain: 'beaconID'"),
        ("metadata", {"beaconID": 7}, NO_TYPE),
    ],
)
def test_a_malformed_info_is_refused(field: str, value: Any, why: str) -> None:
    with pytest.raises(ValueError, match=rf"^{why}$"):
        beacon.chain_from_info({**RECORDED["info"], field: value})


@pytest.mark.parametrize("field", [key for key in RECORDED["info"] if key != "schemeID"])
def test_an_info_without_a_field_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match="not the /info"):
        beacon.chain_from_info({k: v for k, v in RECORDED["info"].items() if k != field})


@pytest.mark.parametrize("key", [0, ORDER, -1])
def test_a_private_key_is_below_the_order(key: int) -> None:
    why = r"^a private key is a number from 1 to ORDER - 1$"
    with pytest.raises(ValueError, match=why):
        beacon.sign_round(key, 1)
    with pytest.raises(ValueError, match=why):
        beacon.public_key(key)


@pytest.mark.parametrize("key", [1, ORDER - 1])
def test_the_first_and_the_last_private_key_sign(key: int) -> None:
    assert beacon.verify_round(own_chain(key), NUMBER, beacon.sign_round(key, NUMBER))
