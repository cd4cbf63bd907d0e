"""Canonical JSON and the strict readers: one spelling for each value, every other one named."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pypot_cli.fairness.canonical import (
    MAX_SAFE_INTEGER,
    canonical_json,
    is_hex,
    read_hex,
    read_json,
    read_time,
    time_micros,
    write_time,
)

EXACT_INTEGERS = st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER)
VALUES = st.recursive(
    st.none() | st.booleans() | EXACT_INTEGERS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_keys_are_sorted_by_utf16_as_in_rfc_8785_section_3_2_3() -> None:
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    text = canonical_json(dict.fromkeys(keys))
    ordered = ["\\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert text == "{" + ",".join(f'"{key}":null' for key in ordered) + "}"


def test_strings_are_escaped_as_in_rfc_8785_section_3_2_2_2() -> None:
    text = "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/"
    assert canonical_json(text) == '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'


@given(VALUES)
def test_what_is_written_reads_back_unchanged_and_unambiguous(value: object) -> None:
    text = canonical_json(value)
    assert read_json(text) == (value, [])
    assert canonical_json(read_json(text)[0]) == text


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), float("inf"), b"x", (1,), {1: 2}, [{"a": 1.5}], complex(1)],
    ids=repr,
)
def test_what_two_programs_may_print_differently_is_not_hashed(value: object) -> None:
    with pytest.raises(ValueError, match="canonical JSON"):
        canonical_json(value)


@pytest.mark.parametrize("number", [MAX_SAFE_INTEGER, -MAX_SAFE_INTEGER])
def test_the_largest_exact_integers_are_read_and_written(number: int) -> None:
    assert read_json(canonical_json({"n": number})) == ({"n": number}, [])


@pytest.mark.parametrize("number", [MAX_SAFE_INTEGER + 1, -MAX_SAFE_INTEGER - 1, 2**63, 10**400])
def test_an_integer_beyond_what_json_keeps_exact_is_not_hashed(number: int) -> None:
    with pytest.raises(ValueError, match="integer"):
        canonical_json({"n": number})


def test_half_of_a_surrogate_pair_is_not_hashed() -> None:
    with pytest.raises(ValueError, match="UTF-8"):
        canonical_json("\ud83d")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a":1,"b":2,"a":1}', 'the key "a" appears twice'),
        ('{"x":{"a":1,"\\u0061":2}}', 'the key "a" appears twice'),
        ("[-0]", "the number -0 "),
        ("[9007199254740992]", "the number 9007199254740992 "),
        ("[-9007199254740992]", "the number -9007199254740992 "),
        ("[" + "9" * 5000 + "]", "the number " + "9" * 37 + "... "),
    ],
)
def test_what_two_readers_may_understand_differently_is_named(text: str, said: str) -> None:
    _, ambiguous = read_json(text)
    assert len(ambiguous) == 1
    assert ambiguous[0].startswith(said)


@pytest.mark.parametrize(
    "text", ["", "{", "NaN", "[Infinity]", "[-Infinity]", "{'a':1}", "[1,]", "01", "\ufeff{}"]
)
def test_what_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_json(text)


def test_deep_nesting_is_refused_and_does_not_crash() -> None:
    with pytest.raises(ValueError, match="too deeply"):
        read_json("[" * 100_000 + "]" * 100_000)


@pytest.mark.parametrize(
    "text",
    ["AB", "abc", "a", "", "0x", " ab", "ab ", "ab\n", "g0", "\uff41\uff42", "\u0661\u0662"],
)
def test_one_byte_of_hex_has_one_spelling(text: str) -> None:
    assert not is_hex(text, 1)
    with pytest.raises(ValueError, match="it must be 2 lower-case hex digits"):
        read_hex(text, 1, "it")
    assert read_hex("ab", 1, "it") == b"\xab"


@pytest.mark.parametrize("size", [1, 2, 32])
def test_hex_has_two_digits_a_byte(size: int) -> None:
    assert is_hex("ab" * size, size)
    assert not is_hex("ab" * size + "a", size)
    assert not is_hex("ab" * size, size + 1)
    assert not is_hex(b"ab" * size, size)


def test_hex_that_is_refused_is_not_shown() -> None:
    with pytest.raises(ValueError, match="the key must be") as raised:
        read_hex("0123456789abcdeF", 8, "the key")
    assert "0123" not in str(raised.value)


def test_a_time_is_microseconds_since_1970() -> None:
    assert read_time("1970-01-01T00:00:00.000001Z") == 1
    assert read_time("2026-11-22T17:49:34.123456Z") == 1795369774123456
    moment = datetime(2026, 11, 22, 18, 49, 34, 123456, timezone(timedelta(hours=1)))
    assert time_micros(moment) == 1795369774123456


@given(st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)))
def test_a_written_time_reads_back_to_the_microsecond(moment: datetime) -> None:
    micros = time_micros(moment)
    assert read_time(write_time(micros)) == micros


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T17:49:34.123456+00:00",
        "2026-11-22T17:49:34.123456z",
        "2026-11-22t17:49:34.123456Z",
        "2026-11-22 17:49:34.123456Z",
        "2026-11-22T17:49:34.12345Z",
        "2026-11-22T17:49:34.1234567Z",
        "2026-11-22T17:49:34Z",
        "2026-11-22T24:00:00.000000Z",
        "2026-11-22T17:49:60.000000Z",
        "2026-02-29T17:49:34.123456Z",
        "1969-12-31T23:59:59.999999Z",
        "0000-11-22T17:49:34.123456Z",
        "\u0662026-11-22T17:49:34.123456Z",
        "2026-11-22T17:49:34.123456Z\n",
    ],
)
def test_a_time_has_one_spelling(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_time(text)


def test_the_first_time_is_0_and_an_exact_number() -> None:
    assert time_micros(datetime(1970, 1, 1, tzinfo=UTC)) == 0
    last = time_micros(datetime(9999, 12, 31, 23, 59, 59, 999999, UTC))
    assert (last, type(last)) == (253402300799999999, int)
    with pytest.raises(ValueError, match=r"^a time before 1970 has no bytes in the contract$"):
        time_micros(datetime(1969, 12, 31, 23, 59, 59, 999999, UTC))


def test_a_refusal_says_what_is_meant() -> None:
    """To a person, who has nothing else."""
    with pytest.raises(ValueError, match=r"^a time is written 2026-11-22T17:49:34.123456Z$"):
        read_time("2026-11-22")
    with pytest.raises(ValueError, match=r"^a time needs its time zone$"):
        time_micros(datetime(2026, 11, 22))
    with pytest.raises(ValueError, match=r"^canonical JSON: object keys must be strings$"):
        canonical_json({1: 2})
    with pytest.raises(ValueError, match=r"^canonical JSON: no set can be hashed$"):
        canonical_json(set())
    with pytest.raises(ValueError, match=r"^nested too deeply$"):
        read_json("[" * 100_000)
    with pytest.raises(ValueError, match=r"^NaN is not JSON$"):
        read_json("[NaN]")


def test_of_a_long_name_or_number_the_beginning_is_shown() -> None:
    name, digits = "k" * 41, "1" * 40
    assert read_json(f'{{"a":1,"{name}":1,"{name}":2}}')[1] == [
        f'the key "{"k" * 40}" appears twice in one object'
    ]
    assert read_json(f"[{digits}]")[1] == [
        f"the number {digits} is not read alike by every program"
    ]
    assert read_json(f"[{digits}1]")[1] == [
        f"the number {digits[:37]}... is not read alike by every program"
    ]


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        time_micros(datetime(2026, 11, 22, 17, 49, 34))
