"""The page of `pypot proof html` in a real browser: its verdicts are those of `pypot verify`."""

import copy
import dataclasses
import hashlib
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from pypot_cli.errors import UnreadableInputError
from pypot_cli.fairness import beacon, note, signing
from pypot_cli.fairness.beacon import chain_from_info, verify_round
from pypot_cli.proof import Document, Trust, Verdict, read_proof, verify, verify_receipt
from pypot_cli.proof.form import PROOFS, check_form
from pypot_cli.proof_page import render, write
from tests.support import proof_page
from tests.support.proof_page import judge, judge_receipts, open_page
from tests.unit import test_proof as tampering
from tests.unit import test_proof_receipt as receipts
from tests.unit import test_signing as curve
from tests.unit.proofs import (
    ATTESTER_PUBLIC,
    COUNTS,
    GOLDEN,
    GOLDEN_2,
    LOG_KEY,
    ORCHESTRATOR_PUBLIC,
    QUICKNET,
    SETTLEMENT,
    SETTLEMENT_PUBLIC,
    WITNESS_KEY,
    containers_of,
    get,
    info_of,
    leaves_of,
    make_proof,
    make_release,
    name_of,
    replace,
    to_text,
)

PROOF, PROOF_2 = tampering.PROOF, tampering.PROOF_2
OWN_CHAIN = json.dumps(info_of(tampering.OWN))
PINNED = {"orchestrator": ORCHESTRATOR_PUBLIC.hex(), "settlement": SETTLEMENT_PUBLIC.hex()}
WATCHED = {
    **PINNED,
    "beacon": ATTESTER_PUBLIC.hex(),
    "chains": OWN_CHAIN,
    "witness": str(WITNESS_KEY),
    "log": str(LOG_KEY),
}
"""Whom a reader may enter, as texts."""


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """One Chromium for all: these tests share nothing but it, and its start takes seconds."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page of the golden proof."""
    page = open_page(browser, tmp_path, GOLDEN.read_bytes())
    yield page
    page.close()


def trust_in(entered: Mapping[str, str]) -> Trust:
    """Return what these texts name, read by Python."""
    keys = {
        purpose: [signing.read_public_key(key) for key in entered.get(purpose, "").split()]
        for purpose in ("orchestrator", "settlement", "beacon")
    }
    vkeys = {
        whose: [note.read_vkey(key) for key in entered.get(whose, "").split()]
        for whose in ("witness", "log")
    }
    chains = [chain_from_info(json.loads(entered["chains"]))] if "chains" in entered else []
    return Trust(
        keys["orchestrator"],
        keys["settlement"],
        keys["beacon"],
        chains,
        vkeys["witness"],
        vkeys["log"],
    )


def said(verdict: Verdict) -> dict[str, Any]:
    """Return what `judge` has of a verdict of the page."""
    return {
        "valid": verdict.valid,
        "pot_id": verdict.pot_id,
        "draw_version": verdict.draw_version,
        "witnessed": verdict.witnessed,
        "summary": verdict.summary,
        "not_proven": verdict.not_proven,
        "checks": [[check.name, check.outcome] for check in verdict.checks],
    }


def by_python(content: str | bytes, entered: Mapping[str, str]) -> Any:
    """Return what `pypot verify` says."""
    try:
        document = read_proof(content.encode() if isinstance(content, str) else content)
    except UnreadableInputError:
        return "unreadable"
    return said(verify(document, trust_in(entered)))


def differing(page: Page, contents: Sequence[str | bytes], entered: Mapping[str, str]) -> list[Any]:
    """Return the contents of which page and Python do not say the same, with what they say."""
    found = judge(page, contents, entered)
    expected = [by_python(content, entered) for content in contents]
    return [each for each in zip(contents, expected, found, strict=True) if each[1] != each[2]]


# --- Verdicts ---


def test_honest_proofs_are_valid_whomever_the_reader_trusts(page: Page) -> None:
    shapes = [(1, 1), (1, 99), (2**30, 2**30 - 1), (1,) * 65]
    proofs = [PROOF, tampering.OTHER, *(make_proof(counts=each) for each in shapes)]
    proofs += [PROOF_2, *(make_proof(counts=each, draw_2=QUICKNET) for each in shapes)]
    proofs.append(make_proof(draw_2=dataclasses.replace(QUICKNET, seen=None)))
    contents = [to_text(proof) for proof in proofs]
    for entered in (
        {},
        PINNED,
        WATCHED,
        {"orchestrator": PINNED["orchestrator"]},
        {"settlement": PINNED["settlement"]},
        {"orchestrator": f"{ATTESTER_PUBLIC.hex()} {PINNED['orchestrator']}"},
        {"orchestrator": PINNED["settlement"], "beacon": PINNED["settlement"]},
        {"witness": str(WITNESS_KEY)},
        {"witness": str(dataclasses.replace(WITNESS_KEY, name="other.example"))},
        {"log": str(dataclasses.replace(LOG_KEY, public_key=ATTESTER_PUBLIC))},
    ):
        assert differing(page, contents, entered) == []
    verdicts = judge(page, contents, {})
    assert [verdict["valid"] for verdict in verdicts] == [True] * len(contents)


def test_a_draw_by_another_beacon_is_valid_for_who_trusts_that(page: Page) -> None:
    contents = [to_text(tampering.OTHER_2)]
    assert differing(page, contents, {}) == []
    assert differing(page, contents, {"chains": OWN_CHAIN, "witness": str(WITNESS_KEY)}) == []
    (unknown,) = judge(page, contents, {})
    (known,) = judge(page, contents, {"chains": OWN_CHAIN})
    assert (unknown["valid"], known["valid"]) == (False, True)


@pytest.mark.parametrize(
    ("seen", "witnessed"), [(30, True), (1, True), (0, False), (-1, False), (None, False)]
)
def test_only_a_cosignature_from_before_the_round_makes_a_draw_witnessed(
    page: Page, seen: int | None, witnessed: bool
) -> None:
    content = to_text(make_proof(draw_2=dataclasses.replace(QUICKNET, seen=seen)))
    assert differing(page, [content], WATCHED) == []
    (verdict,) = judge(page, [content], WATCHED)
    assert (verdict["valid"], verdict["witnessed"]) == (True, witnessed)


def broken(proof: dict[str, Any], other: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every shape broken, and parts of another proof put in."""
    other_shapes: list[Any] = [None, [], {}, [[]], 1, "text"]
    for at in containers_of(proof):
        inside = get(proof, at)
        for other_shape in other_shapes:
            if at:
                yield replace(proof, at, other_shape)
        for name in inside if isinstance(inside, dict) else ():
            less = copy.deepcopy(proof)
            value = get(less, at).pop(name)
            yield copy.deepcopy(less)
            get(less, at)[name.upper()] = value
            yield less
    for name, value in other.items():
        yield {**proof, name: value}
    at = ("winning_entry", "merkle_path")
    steps = get(proof, at)
    for variant in (steps[1:], steps[:-1], steps[::-1], steps + steps[:1], steps * 11):
        yield replace(proof, at, variant)


def tampered_1() -> Iterator[dict[str, Any]]:
    """Draw 1: every field spoiled in every way that Python's tests know of, and lies signed."""
    for at, value in leaves_of(PROOF):
        for other in tampering.spoil(value):
            yield replace(PROOF, at, other)
    yield from broken(PROOF, tampering.OTHER)
    for changes in ({"max_tickets": 99}, {"max_per_user": 24}, {"min_participants": 77}):
        yield tampering.with_rules(**changes)
    yield tampering.with_rules(entry_cost=251)
    yield tampering.reseal({**PROOF, "total_tickets": 101})
    yield tampering.reseal({**PROOF, "entries_root": "0" * 64})
    yield tampering.reseal({**PROOF, "reveal_seed": "1" * 64})
    yield make_proof(seed=bytes(32))
    for outcome in ("paid", "returned"):
        released = make_release(PROOF, outcome)
        yield released
        yield replace(released, ("payout", "held"), False)
        for at, value in leaves_of(released):
            if at[0] == "release":
                for other in tampering.spoil(value):
                    yield replace(released, at, other)
    for text in tampering.OTHER_SPELLINGS_OF_RULES:
        yield {**PROOF, "rules_text": text}


def tampered_2() -> Iterator[dict[str, Any]]:
    """Draw 2: of each field some of what is malformed and some of what is not, and lies signed.

    Not all, as each that is well-formed costs a pairing.
    """
    chance = random.Random(20261122)
    for at, value in leaves_of(PROOF_2):
        spoiled = [replace(PROOF_2, at, other) for other in tampering.spoil(value)]
        chance.shuffle(spoiled)
        forms = [check_form(Document(proof), PROOFS[2], "proof") for proof in spoiled]
        formed = [form.outcome == "ok" for form in forms]
        for wanted in (True, False):
            every = [proof for proof, each in zip(spoiled, formed, strict=True) if each == wanted]
            yield from every[:3]
    yield from broken(PROOF_2, tampering.OTHER_2)
    for lie in (
        {"chain": tampering.NextRound(**dataclasses.asdict(tampering.OWN.chain))},
        {"sign": lambda number: beacon.sign_round(0x5EED, number - 1)},
        {"sign": lambda number: beacon.sign_round(0x5EEE, number)},
        {"attester": SETTLEMENT},
    ):
        yield tampering.lying(**lie)
    others = tampering.OTHER_2["rules_text"].replace(":10,", ":250,")
    yield tampering.reseal({**PROOF_2, "rules_text": others})
    checkpoint = PROOF_2["witness"]["checkpoint"]
    for _ in range(120):
        where = chance.randrange(len(checkpoint))
        letter = chance.choice("\n\t +=—A0\u00e9\u2028\ufeff\ud83d\u0085")
        text = checkpoint[:where] + letter + checkpoint[where + chance.randrange(2) :]
        yield replace(PROOF_2, ("witness", "checkpoint"), text)
    for number in (0, 1):
        payload = PROOF_2["witness"]["rows"][number]["payload"]
        for text in (
            "",
            "null",
            "[]",
            "{}",
            '"x"',
            "1.5",
            payload + " ",
            payload.replace(":", ": "),
        ):
            yield replace(PROOF_2, ("witness", "rows", number, "payload"), text)
        for text in ('{"a":"\\ud83d"}', '{"action":"locked"}', '{"action":1,"metadata":{}}'):
            yield replace(PROOF_2, ("witness", "rows", number, "payload"), text)


@pytest.mark.parametrize(
    ("variants", "least", "entered"),
    [(tampered_1, 2000, PINNED), (tampered_2, 700, WATCHED)],
    ids=["draw 1", "draw 2"],
)
def test_a_proof_with_any_field_tampered_with_gets_the_verdict_of_pypot_verify(
    page: Page, variants: Callable[[], Iterator[dict[str, Any]]], least: int, entered: Any
) -> None:
    contents = [to_text(proof) for proof in variants()]
    assert len(contents) > least
    for at in range(0, len(contents), 250):
        assert differing(page, contents[at : at + 250], entered) == []


def test_receipts_good_and_bad_get_the_verdict_of_pypot_verify_receipt(page: Page) -> None:
    cases: list[tuple[Any, Any, UUID | None]] = []
    for proof in receipts.PROOFS:
        for number in range(len(COUNTS)):
            for user in (None, UUID(int=number + 1), UUID(int=99)):
                cases += [
                    (receipts.late(number), proof, user),
                    (receipts.early(number), proof, user),
                ]
    proof, winning = receipts.PROOFS[0], receipts.late(1)
    for at, value in leaves_of(winning):
        for other in tampering.spoil(value)[::5]:
            cases.append((replace(winning, at, other), proof, UUID(int=2)))
    cases += [(receipts.late(0), {**proof, "winning_ticket": 31}, None), (winning, {}, None)]
    cases += [
        (winning, tampering.OTHER, None),
        ({}, proof, None),
        ({**winning, "x": 1}, proof, None),
    ]
    expected = [
        {**said(verdict), "won": verdict.won}
        for receipt, against, user in cases
        for verdict in [
            verify_receipt(
                read_proof(to_text(receipt).encode()),
                read_proof(to_text(against).encode()),
                user_id=user,
                trust=trust_in(PINNED),
            )
        ]
    ]
    given = [(to_text(r), to_text(p), None if u is None else str(u)) for r, p, u in cases]
    found = judge_receipts(page, given, PINNED)
    differ = [each for each in zip(given, expected, found, strict=True) if each[1] != each[2]]
    assert differ == []
    assert {verdict["won"] for verdict in expected} == {True, False, None}


def test_what_is_spelled_in_two_ways_or_not_json_is_read_as_python_reads_it(page: Page) -> None:
    text = GOLDEN.read_text()
    contents = [
        text.replace(old, new)
        for old, new in (
            ('"version": 1', '"version": 1, "version": 1'),
            ('"version": 1', '"version": 2, "version": 1'),
            ('"held": false', '"held": true, "held": false'),
            ('"escrow_after": 0', '"escrow_after": -0'),
            ('"escrow_after": 0', '"escrow_after": 0.0'),
            ('"escrow_after": 0', '"escrow_after": 0e0'),
            ('"escrow_after": 0', '"escrow_after": 00'),
            ('"escrow_after": 0', '"escrow_after": +0'),
            ('"escrow_after": 0', '"escrow_after": .0'),
            ('"escrow_after": 0', '"escrow_after": 0.'),
            ('"escrow_after": 0', '"escrow_after": NaN'),
            ('"escrow_after": 0', '"escrow_after": -Infinity'),
            ('"escrow_after": 0', '"escrow_after": 1e999'),
            ('"escrow_after": 0', '"escrow_after": 0,'),
            ('"seq": 6', '"seq": 9007199254740991'),
            ('"seq": 6', '"seq": 9007199254740992'),
            ('"seq": 6', '"seq": 9007199254740993'),
            ('"seq": 6', '"seq": -9007199254740992'),
            ('"seq": 6', f'"seq": {"9" * 5000}'),
            ('"version"', '"v\\u0065rsion"'),
            ('"version"', '"v\\u0065rsion": 1, "version"'),
            ('"version"', '"\\ud83d": 1, "version"'),
            ('"version"', '"\\x76ersion"'),
            ('"version"', '"version\n"'),
            ('"version"', '"version\x7f"'),
            ('"version"', '"__proto__": {}, "version"'),
            ('"version"', '"constructor": 1, "toString": 2, "version"'),
            ('"pot_id"', "'pot_id'"),
            ("{", "\ufeff{"),
            ("{", "/* */{"),
            ("{", "\u00a0{"),
            ("{", "\x0b{"),
            ("{", " \t\r\n{"),
            ("}", "}\u2028"),
        )
    ]
    contents += ["", "{", "null", "[]", '"x"', "1", "NaN", "{}", "[" * 100_000, '{"a":' * 100_000]
    contents += [" " * (1 << 18) + "{}", " " * ((1 << 18) - 2) + "{}", "{}" * 2, '{"a"}', '{"a":}']
    assert differing(page, contents, {}) == []


def test_a_byte_changed_anywhere_is_judged_as_python_judges_it(page: Page) -> None:
    chance = random.Random(20261122)
    contents = []
    for number in range(600):
        content = bytearray((GOLDEN if number % 3 else GOLDEN_2).read_bytes())
        content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
        contents.append(bytes(content))
    assert differing(page, contents, WATCHED) == []


def test_signatures_are_judged_as_strictly_as_python_does(page: Page) -> None:
    cases = [
        tuple(bytes.fromhex(part) for part in (public, message, signature))
        for _, public, message, signature in curve.RFC_8032
    ]
    key, message, signature = cases[2]
    s = int.from_bytes(signature[32:], "little")
    for times in range(1, 15):
        again = (s + times * curve.L).to_bytes(32, "little")
        cases.append((key, message, signature[:32] + again))
    cases += [(key, message, (signature * 2)[:size]) for size in (0, 32, 63, 65)]
    cases += [((key * 2)[:size], message, signature) for size in (0, 31, 33)]
    small = sorted(curve.small_order_points())
    for point in small:
        weak = curve.encode(point)
        cases += [(weak, message, curve.encode((0, 1)) + bytes(32)), (weak, message, weak * 2)]
        cases.append((key, message, weak + signature[32:]))
        cases.append(by_key_of_mixed_order(point, message))
    cases += [
        ((y | sign).to_bytes(32, "little"), message, signature)
        for y in (*range(curve.P, 1 << 255), 0, 1, 2, curve.P - 1)
        for sign in (0, curve.SIGN_BIT)
    ]
    ours = [signing.verify(*case) for case in cases]
    theirs = page.evaluate(
        "cases => Promise.all(cases.map(([k, m, s]) => pypot.isSigned(k, m, s)))",
        [[part.hex() for part in case] for case in cases],
    )
    assert theirs == ours
    assert ours[:4] == [True] * 4
    # Of the keys of mixed order at least one signs well without the cofactor, and one does not.
    assert True in ours[4:]
    assert False in ours[4:]


def by_key_of_mixed_order(small: curve.Point, message: bytes) -> tuple[bytes, bytes, bytes]:
    """Return a signature that holds with the cofactor, and without it only by chance."""
    base = next(p for p in curve.points_at(4 * pow(5, -1, curve.P) % curve.P) if p[0] % 2 == 0)
    secret, nonce = 12345678901234567890, 98765432109876543210
    key = curve.encode(curve.add(curve.multiply(secret, base), small))
    r = curve.encode(curve.multiply(nonce, base))
    k = int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % curve.L
    return key, message, r + ((nonce + k * secret) % curve.L).to_bytes(32, "little")


def test_rounds_are_judged_as_strictly_as_python_does(page: Page) -> None:
    good = bytes.fromhex(PROOF_2["beacon"]["signature"])
    cases = [(657413, good), (657412, good), (1, good), (2**53 - 1, good)]
    number = int.from_bytes(good, "big")
    cases += [(657413, (number ^ 1 << bit).to_bytes(48, "big")) for bit in range(0, 384, 8)]
    cases += [(657413, (number ^ flag << 381).to_bytes(48, "big")) for flag in range(1, 8)]
    cases += [(657413, good[:size]) for size in (0, 32, 47)] + [(657413, good + good)]
    cases += [(657413, b"\xc0" + bytes(47)), (657413, bytes(48)), (657413, b"\x80" + bytes(47))]
    # Points of the curve that are not of the group: nearly all x that are on the curve.
    cases += [(657413, b"\x80" + x.to_bytes(47, "big")) for x in range(1, 12)]
    ours = [verify_round(beacon.QUICKNET, *case) for case in cases]
    theirs = page.evaluate(
        "cases => Promise.all(cases.map(([n, s]) => pypot.isRound(n, s)))",
        [[number, signature.hex()] for number, signature in cases],
    )
    assert theirs == ours
    assert ours == [True] + [False] * (len(cases) - 1)


# --- What is shown ---


@pytest.mark.parametrize("proof", [PROOF, PROOF_2], ids=["draw 1", "draw 2"])
def test_the_page_says_what_pypot_verify_says_and_shows_each_step(
    browser: Browser, tmp_path: Path, proof: dict[str, Any]
) -> None:
    page = open_page(browser, tmp_path, to_text(proof).encode())
    expected = by_python(to_text(proof), {})
    assert page.locator("#summary").text_content() == expected["summary"]
    assert page.locator("#verdict").get_attribute("data-outcome") == "not pinned"
    won = f"ticket {proof['winning_ticket']} won 25,000 credits"
    assert won in (page.locator("#in-short").text_content() or "")
    names = page.locator("#checks th").all_text_contents()
    assert names == [name for name, _ in expected["checks"]]
    # Each check is told of in a step, and none but that of the form in the first.
    assert sorted(page.locator("#steps .outcomes b").all_text_contents()) == sorted(names)
    assert page.locator("#step-file .outcomes b").all_text_contents() == ["form"]
    assert page.locator("#not-proven li").all_text_contents() == expected["not_proven"]
    shown = page.locator("#steps").text_content() or ""
    for at, value in leaves_of(proof):
        spellings = {str(value), f"{value:,}" if type(value) is int else str(value)}
        if at[0] != "version" and value is not None and not isinstance(value, bool):
            assert any(each in shown for each in spellings), name_of(at)
    assert page.locator("#self-test").get_attribute("data-outcome") == "ok"
    page.close()


def test_the_reader_says_whom_to_trust(page: Page) -> None:
    page.get_by_label("Orchestrator keys").fill(ORCHESTRATOR_PUBLIC.hex())
    expect(page.locator("#summary")).to_contain_text("settlement key taken")
    page.get_by_label("Settlement keys").fill(f"{'09' * 32}, {SETTLEMENT_PUBLIC.hex()}\n")

    expect(page.locator("#summary")).to_have_text("valid, signed by the keys you trust")
    assert page.locator("#verdict").get_attribute("data-outcome") == "ok"

    page.get_by_label("Orchestrator keys").fill(SETTLEMENT_PUBLIC.hex())
    expect(page.locator("#summary")).to_have_text("not valid: orchestrator key")

    # And whom to trust with draw 2, in the same way.
    page.locator("summary").first.click()
    for whom, right, wrong in (
        ("witness", str(WITNESS_KEY), str(LOG_KEY)),
        ("log", str(LOG_KEY), str(LOG_KEY)[:-2]),
        ("beacon", ATTESTER_PUBLIC.hex(), "0" * 64),
        ("chains", OWN_CHAIN, OWN_CHAIN.replace('"period": 3', '"period": 4')),
    ):
        field, fault = page.locator(f"#trust-{whom}"), page.locator(f"#trust-{whom}-fault")
        field.fill(wrong)
        expect(fault).not_to_have_text("")
        expect(field).to_have_attribute("aria-invalid", "true")
        field.fill(right)
        expect(fault).to_have_text("")

    page.get_by_label("Orchestrator keys").fill(ORCHESTRATOR_PUBLIC.hex())
    page.locator("#proof-text").fill(to_text(PROOF_2))
    page.get_by_role("button", name="Check this proof").click()
    expect(page.locator("#summary")).to_have_text("valid, signed by the keys you trust; witnessed")
    expect(page.locator("#verdict")).to_have_attribute("data-outcome", "ok")
    for wrong in ("abc", ORCHESTRATOR_PUBLIC.hex().upper(), "0" * 64, "<b>x</b>"):
        page.get_by_label("Orchestrator keys").fill(wrong)
        expect(page.locator("#trust-orchestrator-fault")).to_contain_text("is no public key")
        expect(page.locator("#trust-orchestrator")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#summary")).to_contain_text("orchestrator key taken")


def test_a_receipt_is_judged_when_pasted_chosen_or_dropped(page: Page, tmp_path: Path) -> None:
    said = page.locator("#receipt-result .summary")
    page.locator("#receipt-text").fill(to_text(receipts.late(1)))
    page.get_by_role("button", name="Check this receipt").click()
    expect(said).to_have_text("the entry was in the draw and won, with things not pinned")
    page.locator("#user-id").fill(str(UUID(int=2)))
    page.locator("#trust-orchestrator").fill(PINNED["orchestrator"])
    page.locator("#trust-settlement").fill(PINNED["settlement"])
    expect(said).to_have_text("the entry was in the draw and won")
    page.locator("#user-id").fill(str(UUID(int=3)))
    expect(said).to_have_text("not valid: entrant_tag")
    page.locator("#user-id").fill("me")
    expect(page.locator("#user-id-fault")).to_contain_text("a UUID in lower case")

    file = tmp_path / "receipt.json"
    file.write_text(to_text({**receipts.late(1), "ticket_count": 26}))
    page.locator("#receipt-file").set_input_files(file)
    expect(said).to_have_text("not valid: entries_root, total_tickets")

    drop(page, to_text(receipts.early(0)))
    expect(said).to_have_text("not shown: merkle_path")
    page.locator("#receipt-text").fill("[]")
    page.get_by_role("button", name="Check this receipt").click()
    expect(said).to_have_text("unreadable: the receipt is not a JSON object")


def drop(page: Page, text: str) -> None:
    """Drop a file with this text on the page."""
    page.evaluate(
        """text => {
            const dropped = new DataTransfer()
            dropped.items.add(new File([text], "dropped.json"))
            document.body.dispatchEvent(
                new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true }))
        }""",
        text,
    )


def test_another_proof_is_judged_when_pasted_chosen_or_dropped(page: Page, tmp_path: Path) -> None:
    forged = to_text({**PROOF, "winning_ticket": 31})
    page.locator("#proof-text").fill(forged)
    page.get_by_role("button", name="Check this proof").click()
    expect(page.locator("#summary")).to_have_text("not valid: winning_ticket")
    assert page.locator("#whose").text_content() == "A proof you gave to this page"

    page.locator("#own-again").click()
    expect(page.locator("#summary")).to_contain_text("not pinned")

    file = tmp_path / "forged.json"
    file.write_text(forged)
    page.locator("#proof-file").set_input_files(file)
    expect(page.locator("#summary")).to_have_text("not valid: winning_ticket")

    drop(page, "[1]")
    expect(page.locator("#summary")).to_have_text("unreadable")
    assert page.locator("#in-short").text_content() == "the proof is not a JSON object"
    assert page.locator("#result").is_hidden()


def test_nothing_is_asked_of_any_network(browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(offline=True)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    file = tmp_path / "page.html"
    write(render(GOLDEN.read_bytes()), file)
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(file.as_uri())
    expect(page.locator("#summary")).to_contain_text("not pinned")
    assert asked == [file.as_uri()]
    assert refused == []
    # And what tries is refused by the page's own policy, not by the missing network.
    page.evaluate("fetch('https://example.org/').catch(() => {})")
    page.wait_for_timeout(100)
    assert any("Content Security Policy" in text for text in refused)
    context.close()


HOSTILE = '</script><script>document.title="bad"</script><img src=x onerror="document.title=1">'


def test_a_hostile_proof_is_shown_as_text_and_does_nothing(
    browser: Browser, tmp_path: Path
) -> None:
    for name in ("pot_id", "rules_text", "settled_at", HOSTILE):
        page = open_page(browser, tmp_path, to_text({**PROOF, name: HOSTILE}).encode())
        assert page.locator("#verdict").get_attribute("data-outcome") == "failed"
        assert page.title() == "Check this draw yourself"
        assert page.locator("main img, main script").count() == 0
        assert "<script>" in (page.locator("#result").text_content() or "")
        page.close()


def test_a_proof_as_large_as_may_be_is_judged_at_once(browser: Browser, tmp_path: Path) -> None:
    deep = '{"a":' * 400 + "1" + "}" * 400
    for content in (
        to_text({**PROOF, "rules_text": "<" * 40_000}),
        to_text({**PROOF, "audit": ["<b>"] * 15_000}),
        to_text({**PROOF, "more": 0}).replace('"more": 0', f'"more": {deep}'),
        to_text({**PROOF, **{f"more {number}": number for number in range(10_000)}}),
    ):
        page = open_page(browser, tmp_path, content.encode())
        expect(page.locator("#summary")).to_have_text(by_python(content, {})["summary"])
        assert len(page.locator("#result").text_content() or "") < 200_000
        page.close()


def test_a_wrong_answer_of_the_browser_leaves_no_verdict(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    write(render(GOLDEN.read_bytes()), file)
    for harm, said in (
        ("Object.defineProperty(crypto, 'subtle', { value: undefined })", "no WebCrypto"),
        (
            "SubtleCrypto.prototype.digest = async () => new ArrayBuffer(32)",
            "known answers wrongly",
        ),
    ):
        page = browser.new_page()
        page.add_init_script(harm)
        page.goto(file.as_uri())
        expect(page.locator("#summary")).to_have_text("no verdict")
        assert said in (page.locator("#in-short").text_content() or "")
        assert page.locator("#result").is_hidden()
        page.close()


# --- For every reader ---


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(browser: Browser, tmp_path: Path, scheme: Any, width: int) -> None:
    axe = (proof_page.node_modules() / "axe-core" / "axe.min.js").read_text("utf-8")
    for proof in (PROOF_2, {**PROOF, "winning_ticket": 31}, {"pot_id": 1}):
        page = open_page(
            browser,
            tmp_path,
            to_text(proof).encode(),
            color_scheme=scheme,
            viewport={"width": width, "height": 800},
        )
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        page.get_by_label("Orchestrator keys").fill("no key")
        page.locator("#receipt-text").fill(to_text(receipts.late(1)))
        page.get_by_role("button", name="Check this receipt").click()
        page.evaluate(axe)
        found = page.evaluate("axe.run().then(found => found.violations)")
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
        # Nothing is cut off or needs scrolling sideways, at any width.
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.close()


def test_everything_is_reached_and_done_by_the_keyboard(page: Page) -> None:
    def focused() -> str:
        held: str = page.evaluate("document.activeElement.id || document.activeElement.textContent")
        return held

    page.keyboard.press("Tab")
    assert focused() == "Skip to the verdict"
    page.keyboard.press("Enter")
    assert focused() == "verdict"
    page.keyboard.press("Tab")
    assert focused() == "trust-orchestrator"
    page.keyboard.type(SETTLEMENT_PUBLIC.hex())
    expect(page.locator("#summary")).to_have_text("not valid: orchestrator key")
    reached: list[str] = []
    while (now := focused()) != "print":
        assert len(reached) < 60, reached
        reached.append(now)
        page.keyboard.press("Tab")
    assert {
        "trust-settlement",
        "receipt-file",
        "receipt-text",
        "user-id",
        "Check this receipt",
    } <= set(reached)
    assert any("The way to the root" in each for each in reached)

    assert {"trust-witness", "proof-file", "proof-text", "Check this proof"} <= set(reached)

    page.locator("#proof-text").focus()
    page.keyboard.insert_text(to_text({**PROOF, "winning_ticket": 31}))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#summary")).to_contain_text("winning_ticket")
    assert focused() == "verdict"


def test_on_paper_it_is_the_proof_and_not_the_controls(page: Page) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("#steps").is_visible()
    for hidden in ("#print", "#proof-form", "#receipt-form", "#contents", ".keys"):
        assert page.locator(hidden).is_hidden()
    colour = "getComputedStyle(document.body).getPropertyValue"
    assert page.evaluate(f"{colour}('background-color')") == "rgb(255, 255, 255)"
    assert page.evaluate(f"{colour}('color')") == "rgb(0, 0, 0)"
    # What is folded on the screen is unfolded on paper, and then folded again.
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#step-entry table").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#step-entry table").is_hidden()
    assert page.pdf().startswith(b"%PDF")
