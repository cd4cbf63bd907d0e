"""The form of each field of a proof and of its rules, and the sentence about what has another."""

import json
from typing import Any

import pytest

from pypot_cli.fairness.canonical import canonical_json
from pypot_cli.proof import Document
from pypot_cli.proof.form import (
    PROOFS,
    RULES,
    TEXT,
    TIME,
    TRUTH,
    UUID_TEXT,
    Form,
    Items,
    OrNull,
    check_form,
    hexadecimal,
    integer,
    malformed,
    read_canonical,
    shown,
)
from pypot_cli.proof.verdict import Check
from tests.unit.proofs import QUICKNET, Step, get, make_proof, make_release, name_of, replace

PROOF_1 = make_release(make_proof())
PROOF_2 = make_release(make_proof(draw_2=QUICKNET), "returned")

HASH = "64 lower-case hex digits"
KEY_ID = "16 lower-case hex digits"
TICKETS = "an integer from 1 to 2147483647"
INDEX = "an integer from 0 to 2147483646"
POSITIVE = "an integer from 1 to 9007199254740991"
NATURAL = "an integer from 0 to 9007199254740991"
MOMENT = "a UTC time like 2026-11-22T17:49:34.123456Z"
SIGNED = {"kid": KEY_ID, "public_key": HASH, "signature": "128 lower-case hex digits"}
ROW = {
    "seq": POSITIVE,
    "created_at": MOMENT,
    "prev_hash": HASH,
    "payload": "a text",
    "leaf_index": NATURAL,
    "path": "a list of 63 steps or fewer",
}
# What the contract says of each field (section 6), as a report says it.
WORDS: dict[str, Any] = {
    "version": "the integer 1",
    "pot_id": "a UUID in lower case",
    "draw_version": "the integer 2",
    "rules_text": "a text",
    "rules_hash": HASH,
    "commit_tag": HASH,
    "commit_hash": HASH,
    "reveal_seed": HASH,
    "locked_at": MOMENT,
    "entries_root": HASH,
    "total_tickets": TICKETS,
    "lock_digest": HASH,
    "hmac": HASH,
    "winner_index": INDEX,
    "beacon": {
        "chain_hash": HASH,
        "round": POSITIVE,
        "signature": "96 lower-case hex digits",
        "rotation": INDEX,
        "kid": KEY_ID,
        "public_key": HASH,
        "attestation": "128 lower-case hex digits",
    },
    "winning_ticket": INDEX,
    "winning_entry": {
        "entry_id": "a UUID in lower case",
        "first_ticket": INDEX,
        "ticket_count": TICKETS,
        "entrant_tag": HASH,
        "merkle_path": "a list of 31 steps or fewer",
    },
    "orchestrator": SIGNED,
    "settlement": SIGNED,
    "payout": {"credits": POSITIVE, "held": "true or false", "escrow_after": NATURAL},
    "audit": {"seq": POSITIVE, "row_hash": HASH},
    "settled_at": MOMENT,
}
MAY_BE_LEFT_OUT: dict[str, Any] = {
    "release": {
        "outcome": '"paid" or "returned"',
        "released_at": MOMENT,
        "entries": TICKETS,
        "tickets": TICKETS,
        "credits": POSITIVE,
    },
}
WITNESS = {"checkpoint": "a text", "rows": "a list of 2 objects"}
# What lists are of: by the path to one of their items.
ITEMS: dict[tuple[Step, ...], dict[str, str]] = {
    ("winning_entry", "merkle_path", 1): {
        "side": '"left" or "right"',
        "sum": TICKETS,
        "hash": HASH,
    },
    ("witness", "rows", 0): {"action": '"locked"', **ROW},
    ("witness", "rows", 1): {"action": '"revealed"', **ROW},
}


def faults(proof: Any, draw: int) -> list[str]:
    return sorted(malformed(proof, PROOFS[draw], "", "proof"))


def check_words(proof: dict[str, Any], at: tuple[Step, ...], words: Any, optional: bool) -> None:
    """Check what is said of the member `at` when it is missing, or an object of no kind."""
    draw = proof["draw_version"]
    less = replace(proof, at, None)
    del get(less, at[:-1])[at[-1]]
    assert faults(less, draw) == ([] if optional else [f"{name_of(at)} is missing"])
    if isinstance(words, dict):
        said = f"{name_of(at)} must be an object, not a list"
        assert faults(replace(proof, at, []), draw) == [said]
        for name, inner in words.items():
            check_words(proof, (*at, name), inner, optional=False)
    else:
        said = f"{name_of(at)} must be {words}, not an object"
        assert faults(replace(proof, at, {"a": 1}), draw) == [said]


# First and in one piece, because the forms are made while the module is loaded: a change of what
# makes them (tests/assurance/python.py) is tried with the first test alone.
def test_each_field_is_asked_for_in_the_words_of_its_form() -> None:
    more = MAY_BE_LEFT_OUT | {"witness": WITNESS}
    for name, words in (WORDS | more).items():
        check_words(PROOF_2, (name,), words, optional=name in more)
    for at, items in ITEMS.items():
        for name, words in items.items():
            check_words(PROOF_2, (*at, name), words, optional=False)
        assert faults(replace(PROOF_2, at, 7), 2) == [f"{name_of(at)} must be an object, not 7"]
    of_draw_1 = {"draw_version": "the integer 1", "beacon": "null with draw_version 1"}
    for name, words in (WORDS | MAY_BE_LEFT_OUT | of_draw_1).items():
        check_words(PROOF_1, (name,), words, optional=name in MAY_BE_LEFT_OUT)
    assert (faults(PROOF_1, 1), faults(PROOF_2, 2)) == ([], [])


def test_a_proof_has_these_fields_and_no_other() -> None:
    assert PROOF_1.keys() == {*WORDS, *MAY_BE_LEFT_OUT}
    assert PROOF_2.keys() == {*WORDS, *MAY_BE_LEFT_OUT, "witness"}
    for proof in (PROOF_1, PROOF_2):
        for name in ("release", "witness") if proof is PROOF_2 else ("release",):
            assert faults({**proof, name: None}, proof["draw_version"]) == []
        objects: list[tuple[Step, ...]] = [(), ("payout",), ("release",)]
        objects.append(("winning_entry", "merkle_path", 0))
        if proof is PROOF_2:
            objects += [("witness",), ("witness", "rows", 1)]
        for at in objects:
            more = replace(proof, (*at, "a\n"), 1)
            prefix = f"{name_of(at)}." if at else ""
            said = [f"{prefix}'a\\n' is not a field of a proof"]
            assert faults(more, proof["draw_version"]) == said
    assert faults([], 1) == ["the proof must be an object, not a list"]


def test_a_list_is_as_long_as_its_form_allows() -> None:
    path = ("winning_entry", "merkle_path")
    for at, most in ((path, 31), (("witness", "rows", 1, "path"), 63)):
        steps = get(PROOF_2, at)[:1]
        assert faults(replace(PROOF_2, at, []), 2) == []
        assert faults(replace(PROOF_2, at, steps * most), 2) == []
        said = f"{name_of(at)} must be a list of {most} steps or fewer, not a list"
        assert faults(replace(PROOF_2, at, steps * (most + 1)), 2) == [said]
        said = f"{name_of(at)} must be a list of {most} steps or fewer, not null"
        assert faults(replace(PROOF_2, at, None), 2) == [said]
    step: tuple[Step, ...] = ("witness", "rows", 0, "path", 1)
    said = f"witness.rows[0].path[1] must be {HASH}, not 'A'"
    assert faults(replace(PROOF_2, step, "A"), 2) == [said]
    rows = PROOF_2["witness"]["rows"]
    said = "witness.rows must be a list of 2 objects, not a list"
    for number in (0, 1, 3):
        assert faults(replace(PROOF_2, ("witness", "rows"), (rows * 2)[:number]), 2) == [said]


def test_a_form_accepts_one_spelling_of_each_value() -> None:
    uuid = "0123abcd-ef45-6789-0000-9abcdef01234"
    forms: list[tuple[Form, list[object], list[object]]] = [
        (integer(3, 5), [3, 4, 5], [2, 6, 4.0, "4", None, [4]]),
        (integer(1, 1), [1], [0, 2, True, 1.0]),
        (hexadecimal(2), ["0a9f"], ["0a9", "0a9f0", "0A9F", "0a9g", b"0a9f", 1234]),
        (TEXT, ["", "\u00eb" * 65_536], ["a" * 65_537, b"a", 1, None]),
        (TRUTH, [True, False], [0, 1, "true", None]),
        (UUID_TEXT, [uuid], [uuid.upper(), uuid.replace("-", ""), f"{{{uuid}}}", f"{uuid}\n", 7]),
        (
            TIME,
            ["2026-11-22T17:49:34.123456Z", "1970-01-01T00:00:00.000000Z"],
            ["2026-11-22T17:49:34Z", "2026-02-30T17:49:34.123456Z", 7, None],
        ),
    ]
    for form, right, wrong in forms:
        assert [value for value in right if not form.accepts(value)] == [], form.words
        assert [value for value in wrong if form.accepts(value)] == [], form.words


@pytest.mark.parametrize(
    ("at", "others"),
    [
        (("release", "outcome"), ["paid", "returned"]),
        (("winning_entry", "merkle_path", 0, "side"), ["left", "right"]),
        (("witness", "rows", 0, "action"), ["locked"]),
        (("witness", "rows", 1, "action"), ["revealed"]),
    ],
)
def test_a_word_is_one_of_those_that_have_a_meaning(
    at: tuple[Step, ...], others: list[str]
) -> None:
    for word in ("paid", "returned", "left", "right", "locked", "revealed", "Paid", ""):
        assert (faults(replace(PROOF_2, at, word), 2) == []) is (word in others)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"a": 1}, "an object"),
        ([1], "a list"),
        (None, "null"),
        (True, "true"),
        (-1.5, "-1.5"),
        ("it's", '"it\'s"'),
        ("\x1b[31m\u202e\n", r"'\x1b[31m\u202e\n'"),
        ("a" * 72, f"'{'a' * 72}'"),
        ("a" * 73, f"'{'a' * 69}...'"),
    ],
)
def test_a_foreign_value_is_shown_short_and_harmless(value: object, said: str) -> None:
    assert shown(value) == said


FIELDS = {"n": integer(1, 9), "list": Items({"x": TRUTH}, 2), "may": OrNull({"y": TRUTH})}


def test_the_check_of_form_says_what_is_wrong_first_things_first() -> None:
    good: dict[str, Any] = {"n": 1, "list": [{"x": True}], "may": None}
    assert check_form(Document(good), FIELDS, "thing") == Check(
        "form", "ok", "every field is there, no other is, and each has its one spelling"
    )
    wrong = {"n": 0, "list": [{"x": 1}, {}], "may": {"y": True, "z": 1}, "b": 1}
    said = [
        "'b' is not a field of a thing",
        "list[0].x must be true or false, not 1",
        "list[1].x is missing",
        "may.'z' is not a field of a thing",
        "n must be an integer from 1 to 9, not 0",
    ]
    check = check_form(Document(wrong), FIELDS, "thing")
    assert check == Check("form", "failed", "; ".join(said))
    for twice in (["it is read in two ways"], ["it is read in two ways", "and in three"]):
        told = "; ".join((twice + said)[:5]) + f" (and {len(twice)} more)"
        check = check_form(Document(wrong, twice), FIELDS, "thing")
        assert check == Check("form", "failed", told)
    check = check_form(Document(good, ["it is read in two ways"]), FIELDS, "thing")
    assert check == Check("form", "failed", "it is read in two ways")
    check = check_form(Document([]), FIELDS, "thing")  # type: ignore[arg-type]
    assert check == Check("form", "failed", "the thing must be an object, not a list")


RULES_1 = make_proof()["rules_text"]
RULES_2 = make_proof(draw_2=QUICKNET)["rules_text"]
TERMS = {"entry_cost": POSITIVE, "max_per_user": TICKETS}
TERMS |= {"max_tickets": TICKETS, "min_participants": TICKETS}


@pytest.mark.parametrize(
    ("draw", "text", "words"),
    [
        (1, RULES_1, {"draw_version": "the integer 1", **TERMS}),
        (2, RULES_2, {"beacon_chain_hash": HASH, "draw_version": "the integer 2", **TERMS}),
    ],
)
def test_rules_are_read_if_each_term_has_its_form(
    draw: int, text: str, words: dict[str, str]
) -> None:
    rules = json.loads(text)
    assert rules.keys() == words.keys()
    assert read_canonical(text, RULES[draw], "rules_text") == (rules, "")
    for name, asked in words.items():
        less = {key: value for key, value in rules.items() if key != name}
        said = f"rules_text.{name} is missing"
        assert read_canonical(canonical_json(less), RULES[draw], "rules_text") == (None, said)
        said = f"rules_text.{name} must be {asked}, not null"
        null = canonical_json({**rules, name: None})
        assert read_canonical(null, RULES[draw], "rules_text") == (None, said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"n":1, "list":[]}', "it is not in its RFC 8785 canonical spelling"),
        ('{"list":[],"n":1,"n":1}', 'the key "n" appears twice in one object'),
        ('{"list":[],"n":-0}', "the number -0 is not read alike by every program"),
        ("[]", "it must be an object, not a list"),
        ('{"list":[],"m":1,"n":1}', "it.'m' is not a field of a proof"),
        ("{", "it is not JSON: 'Expecting property name enclosed in double quotes"),
        ("NaN", "it is not JSON: 'NaN is not JSON'"),
        ('{"a":1,"b":1,"c":1,"d":1,"e":1,"n":1}', "it.'a' is not"),
    ],
)
def test_a_text_in_another_spelling_is_not_read(text: str, said: str) -> None:
    value, fault = read_canonical(text, FIELDS, "it")
    assert value is None
    assert fault.startswith(said)
    assert fault.count("; ") <= 4


def test_at_most_five_faults_of_a_text_are_told_and_in_order() -> None:
    value, fault = read_canonical('{"e":1,"d":1,"c":1,"b":1,"a":-0}', FIELDS, "it")
    assert value is None
    said = ["the number -0 is not read alike by every program"]
    said += [f"it.'{name}' is not a field of a proof" for name in "abcd"]
    assert fault == "; ".join(said)
