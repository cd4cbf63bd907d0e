"""Whole lives of pots, as players and spectators see them, each in a browser of their own."""

import json
import re
import time

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from pypot_cli import check, proof_page
from tests.support.fixtures import BROWSER_PATIENCE_MS
from tests.support.lobby import (
    COMPLIANCE,
    SECOND,
    Stage,
    buy,
    connection,
    expect_live,
    open_lobby,
    violations,
    visit,
)

TERMS = {"entry_cost": 10, "max_tickets": 6, "max_per_user": 3, "fill_seconds": 3600}


def balance(page: Page) -> int:
    return int(page.get_by_test_id("balance").inner_text().split()[0].replace(",", ""))


@pytest.mark.parametrize("draw", [1, 2])
def test_two_players_and_a_spectator_from_open_to_checked(
    stage: Stage, browser: Browser, draw: int
) -> None:
    pot = stage.open_pot(**TERMS, draw_version=draw)
    spectator = open_lobby(browser, stage)
    alice = open_lobby(browser, stage, stage.player())
    bob = open_lobby(browser, stage, stage.player())
    for page in (spectator, alice, bob):
        visit(page, pot)
    expect(spectator.get_by_role("link", name="Sign in to buy tickets")).to_be_visible()

    buy(alice, 3)
    expect(alice.get_by_test_id("own-entry")).to_have_count(1)
    expect(alice.get_by_test_id("balance")).to_have_text("970 credits")
    for page in (spectator, bob):
        expect(page.get_by_test_id("sold")).to_have_text("3 of 6 tickets")
        assert page.get_by_test_id("own-entry").count() == 0
    assert violations(alice) == []

    alice.get_by_role("button", name="Take back").click()
    # The button is gone, and the focus is not.
    expect(alice.get_by_role("heading", name="Your entries")).to_be_focused()
    expect(bob.get_by_test_id("sold")).to_have_text("0 of 6 tickets")
    expect(alice.get_by_test_id("balance")).to_have_text("1,000 credits")
    alice.get_by_role("button", name="Good luck").click()
    expect(spectator.locator(".cheers span")).to_have_count(1)

    buy(alice, 3)
    expect(alice.get_by_test_id("own-entry")).to_have_count(1)
    buy(bob, 3)
    for page in (spectator, alice, bob):
        expect(page.get_by_test_id("commit-hash")).to_be_visible()
    if draw == 2:
        waiting = spectator.get_by_text("of the public beacon")
        expect(waiting).to_be_visible()
        assert violations(spectator) == []
    for page in (spectator, alice, bob):
        expect(page.get_by_test_id("winner")).to_be_visible()
        # The animation ends in the modal.
        expect(page.get_by_role("dialog")).to_be_visible()
        assert violations(page) == []
    # The prize comes by the wallet's own topic, which may be later than the pot's.
    deadline = time.monotonic() + BROWSER_PATIENCE_MS / SECOND
    while balance(alice) + balance(bob) != 2000:
        assert time.monotonic() < deadline, "the prize was not paid"
        alice.wait_for_timeout(100)
    winner, loser = (alice, bob) if balance(alice) > balance(bob) else (bob, alice)
    expect(winner.get_by_role("dialog")).to_contain_text("You won!")
    expect(loser.get_by_role("dialog")).not_to_contain_text("You won!")

    for page in (winner, loser):
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="Check this draw now").click()
        expect(dialog.get_by_text("Everything holds.")).to_be_visible()
        said = "and won" if page is winner else "and did not win"
        expect(dialog.get_by_text(f"the entry was in the draw {said}")).to_be_visible()
        assert violations(page) == []
        dialog.get_by_role("button", name="changed digit").click()
        expect(dialog.get_by_text("does NOT hold")).to_be_visible()
        if page is loser:
            expect(dialog.get_by_role("link", name="To the next pot")).to_be_visible()
        dialog.get_by_role("button", name="Close").click()
    expect(loser.get_by_role("link", name="To the next pot")).to_be_visible()

    with spectator.expect_download() as download:
        spectator.get_by_role("dialog").get_by_role("button", name="Close").click()
        spectator.get_by_role("button", name="Download the proof").click()
    proof = download.value.path().read_bytes()
    assert json.loads(proof)["pot_id"] == pot
    # Nobody knows the beacon of this stage but those who are told its chain.
    own_chain = spectator.get_by_test_id("own-chain")
    expect(own_chain).to_have_count(draw - 1)
    if draw == 2:
        chain = json.loads(own_chain.inner_text())
        assert chain["hash"] == json.loads(proof)["beacon"]["chain_hash"]
    link = spectator.get_by_role("link", name="Open the one-file verifier")
    one_file = httpx.get(f"{stage.lobby}{link.get_attribute('href')}", timeout=60)
    assert one_file.text == proof_page.render(proof)
    statistics = httpx.get(f"{stage.lobby}/fairness", timeout=60).text
    assert re.search(r"Lock to reveal, median</dt><dd>[\d.]+ seconds?<", statistics)
    for page in (spectator, alice, bob):
        page.context.close()
    assert [each for each in check.check_database(stage.admin) if not each.holds] == []


def test_what_compliance_does_is_seen_at_once(stage: Stage, browser: Browser) -> None:
    pot = stage.open_pot(**TERMS)
    page = open_lobby(browser, stage, stage.player())
    visit(page, pot)
    buy(page, 1)
    expect(page.get_by_test_id("own-entry")).to_have_count(1)

    # The dialog is open when the pot is paused: shown at once, then taken back with the reason.
    page.get_by_role("button", name="Buy tickets").click()
    dialog = page.get_by_role("dialog")
    stage.call(COMPLIANCE, "pause_pot", pot_id=pot, reason="a closer look")
    dialog.get_by_role("button", name="Pay").click()
    expect(page.get_by_role("alert").filter(has_text="paused")).to_contain_text("nothing was paid")
    expect(page.get_by_test_id("own-entry")).to_have_count(1)
    expect(page.get_by_test_id("balance")).to_have_text("990 credits")
    expect(page.get_by_text("This pot is paused: a closer look")).to_be_visible()
    expect(page.get_by_role("button", name="Buy tickets")).to_be_disabled()
    assert violations(page) == []

    stage.call(COMPLIANCE, "resume_pot", pot_id=pot, reason="nothing found")
    expect(page.get_by_role("button", name="Buy tickets")).to_be_enabled()
    stage.call(COMPLIANCE, "void_pot", pot_id=pot, reason="called off")
    expect(page.get_by_text("Compliance called this pot off")).to_be_visible()
    expect(page.get_by_test_id("balance")).to_have_text("1,000 credits")
    assert violations(page) == []
    page.context.close()


def test_a_lost_network_is_told_and_made_up_for(stage: Stage, browser: Browser) -> None:
    """Twenty seconds without a network: over a whole draw 1, and into the middle of a draw 2."""
    pots = [stage.open_pot(**TERMS, draw_version=draw) for draw in (1, 2)]
    watching = [open_lobby(browser, stage) for _ in pots]
    players = [open_lobby(browser, stage, stage.player()) for _ in range(2)]
    for page, pot in zip(watching, pots, strict=True):
        visit(page, pot)
    for pot, page in zip(pots, watching, strict=True):
        visit(players[0], pot)
        buy(players[0], 3)
        expect(page.get_by_test_id("sold")).to_have_text("3 of 6 tickets")

    for page in watching:
        page.context.set_offline(True)
        expect(connection(page)).to_have_attribute("data-connection", "stale")
    for pot in pots:
        visit(players[1], pot)
        buy(players[1], 3)
        expect(players[1].get_by_test_id("commit-hash")).to_be_visible()
    watching[0].wait_for_timeout(20 * SECOND)
    for page in watching:
        # What it shows is old, and it says so.
        expect(page.get_by_test_id("sold")).to_have_text("3 of 6 tickets")
        expect(connection(page)).to_have_attribute("data-connection", "stale")
        page.context.set_offline(False)
    for page in watching:
        expect_live(page)
        expect(page.get_by_test_id("sold")).to_have_text("6 of 6 tickets")
        expect(page.get_by_test_id("winner")).to_be_visible()
        # The draw it missed is not withheld: the pointer goes, and ends in the modal.
        expect(page.get_by_role("dialog")).to_be_visible()
    for page in (*watching, *players):
        page.context.close()
