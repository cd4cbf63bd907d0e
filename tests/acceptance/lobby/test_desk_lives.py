"""Whole lives of pots with compliance as one more browser beside players and a spectator."""

import uuid

import pytest
from playwright.sync_api import Browser, Page, expect

from pypot_cli import check
from pypot_cli.rpc import ANON
from tests.support.desk import give_reason, moderate, officer, open_case, open_desk
from tests.support.lobby import Stage, found, open_lobby, violations, visit

TERMS = {"entry_cost": 10, "max_tickets": 6, "max_per_user": 3, "fill_seconds": 3600}


def buy(page: Page, count: int) -> None:
    page.get_by_role("button", name="Buy tickets").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(f"{count} ticket").check()
    dialog.get_by_role("button", name="Pay").click()
    expect(page.get_by_test_id("own-entry")).to_have_count(1)


def expect_balance(page: Page, credits_: str) -> None:
    expect(page.get_by_test_id("balance")).to_have_text(f"{credits_} credits")


def hold_for_shared_devices(page: Page, score: float, told: str) -> None:
    """Has the officer say, on the page of limits, when a shared device holds a prize."""
    page.goto("/desk/limits")
    page.get_by_label("Kind of flag").fill("shared_device")
    page.get_by_label("Effect").select_option("can hold the prize")
    page.get_by_label("From score").fill(str(score))
    page.get_by_role("form", name="What flags do").get_by_role("button", name="Set it").click()
    expect(give_reason(page, "Set this policy", "one device, one person")).to_be_hidden()
    expect(page.get_by_role("status").filter(has_text=told)).to_be_visible()


@pytest.mark.parametrize("draw", [1, 2])
def test_a_pot_is_paused_thinned_out_drawn_held_and_reviewed_by_two(
    stage: Stage, browser: Browser, draw: int
) -> None:
    first = open_desk(browser, stage, officer(stage))
    second = open_desk(browser, stage, officer(stage))
    # Of one's own for each life: to propose what is set already proposes nothing.
    score = round(0.8 + draw / 100, 2)
    hold_for_shared_devices(first, score, "Proposed.")
    hold_for_shared_devices(second, score, "Done.")
    pot = stage.open_pot(**TERMS, draw_version=draw)
    open_case(first, pot)

    # Three accounts on one device; a spectator on another.
    headers = {"x-device-id": f"one tablet {uuid.uuid4()}"}
    people = {f"{uuid.uuid4().hex}@example.com": "" for _ in range(3)}
    for email in people:
        people[email] = stage.sign_up(email)
    ann, bob, cyd = (
        open_lobby(browser, stage, email, extra_http_headers=headers) for email in people
    )
    spectator = open_lobby(browser, stage)
    for page in (ann, bob, cyd, spectator):
        visit(page, pot)
    buy(ann, 3)
    expect(first.get_by_test_id("tickets")).to_have_text("3 of 6")

    moderate(first, "Pause", "Pause this pot", "an odd crowd")
    for page in (ann, spectator):
        expect(page.get_by_text("This pot is paused: an odd crowd")).to_be_visible()
    expect(first.get_by_test_id("status")).to_have_text("Paused")
    first.get_by_role("button", name="Exclude").click()
    expect(give_reason(first, "Exclude this entry", "a default id")).to_be_hidden()
    expect_balance(ann, "1,000")
    expect(spectator.get_by_test_id("sold")).to_have_text("0 of 6 tickets")
    moderate(first, "Resume", "Resume this pot", "nothing more")
    expect(bob.get_by_role("button", name="Buy tickets")).to_be_enabled()

    buy(bob, 3)
    # Three in one pot are too few for detection to be sure by itself.
    for user in list(people.values())[1:]:
        found(stage, pot, user, "shared_device", "hold")
    buy(cyd, 3)
    # Drawn, and the prize waits: whoever won is flagged.
    for page in (bob, cyd, spectator):
        expect(page.get_by_test_id("winner")).to_be_visible()
    expect(first.get_by_test_id("held")).to_have_text("60 credits")
    expect(first.get_by_test_id("escrow")).to_have_text("0 credits")
    for page in (bob, cyd):
        expect_balance(page, "970")
    assert violations(first) == []
    first.get_by_role("button", name="Check the chain").click()
    expect(first.get_by_text("every hash holds")).to_be_visible()

    second.goto("/desk")
    expect(second.locator(f'[data-case="{pot}"]')).to_contain_text("a held prize")
    second.locator(f'[data-case="{pot}"]').get_by_role("link").click()
    second.wait_for_url(f"**/desk/pots/{pot}")
    won = first.locator("dl.facts code").first.inner_text()
    flags = first.get_by_test_id("flag").filter(has_text=won)
    expect(flags).not_to_have_count(0)
    if draw == 1:
        holding = flags.filter(has=first.get_by_role("heading", name="One device"))
        return_it(first, second, holding.get_attribute("data-flag") or "")
        assert sorted(balance(page) for page in (bob, cyd)) == [970, 1030]
    else:
        clear_all(second, won)
        assert sorted(balance(page) for page in (bob, cyd)) == [970, 1030]
        expect(first.get_by_test_id("hold-ended")).to_contain_text("paid")
    assert violations(second) == []
    expect(second.get_by_test_id("history")).to_contain_text("payout_released")
    # What the officers wrote is in their history, and nowhere in what the public reads.
    expect(second.get_by_test_id("history")).to_contain_text("a default id")
    spectator.reload()
    expect(spectator.get_by_text("payout_released")).to_be_visible()
    assert spectator.get_by_text("a default id").count() == 0
    # What became of it is in the rates, which are everybody's.
    spectator.goto("/fairness")
    rates = stage.call(ANON, "hold_stats")
    decided = rates["paid"] + rates["returned"]
    assert decided > 0
    shown = spectator.get_by_role("region", name="Prizes that were held back").locator("dd")
    expect(shown.nth(0)).to_contain_text(f"{rates['held']} of {rates['settled']} (")
    expect(shown.nth(1)).to_have_text(str(rates["paid"]))
    expect(shown.nth(2)).to_contain_text(f"{rates['returned']} of {decided} (")
    expect(shown.last).to_have_text(str(rates["excluded_entries"]))
    assert violations(spectator) == []
    for page in (ann, bob, cyd, spectator, first, second):
        page.context.close()
    assert [each for each in check.check_database(stage.admin) if not each.holds] == []


def balance(page: Page) -> int:
    """What is in the wallet, once the prize has come or gone: read from the database anew."""
    page.reload()
    expect(page.get_by_test_id("balance")).to_be_visible()
    return int(page.get_by_test_id("balance").inner_text().split()[0].replace(",", ""))


def return_it(first: Page, second: Page, flag: str) -> None:
    """Two officers uphold the flag, of whom the first cannot confirm."""
    # The first has it before them twice.
    late = first.context.new_page()
    late.goto(first.url)
    late.locator(f'[data-flag="{flag}"]').get_by_role("button", name="Propose to uphold").click()
    card = first.locator(f'[data-flag="{flag}"]')
    card.get_by_role("button", name="Propose to uphold").click()
    expect(give_reason(first, "Propose to uphold", "one person")).to_be_hidden()
    told = first.get_by_test_id("told")
    expect(told).to_contain_text("It takes another person")
    expect(card).to_have_attribute("data-status", "uphold_proposed")
    expect(card).to_contain_text("You proposed to uphold it, ")
    expect(card.get_by_role("button")).to_have_text(["Clear"])
    expect(give_reason(late, "Propose to uphold", "I am two")).to_be_hidden()
    expect(late.get_by_test_id("told")).to_contain_text("It takes another person")
    late.close()
    expect(card).to_have_attribute("data-status", "uphold_proposed")
    expect(first.get_by_test_id("held")).to_have_text("60 credits")
    assert violations(first) == []

    card = second.locator(f'[data-flag="{flag}"]')
    expect(card).to_have_attribute("data-status", "uphold_proposed")
    card.get_by_role("button", name="Confirm: uphold").click()
    expect(give_reason(second, "Confirm: uphold", "I see it too")).to_be_hidden()
    expect(second.get_by_test_id("told")).to_contain_text("returned to the other players")
    for page in (first, second):
        expect(page.get_by_test_id("held")).to_have_text("0 credits")
        expect(page.get_by_test_id("hold-ended")).to_contain_text("returned")


def clear_all(page: Page, user: str) -> None:
    """One officer clears every flag that is on the winner; with the last one the prize is paid."""
    undecided = page.locator('[data-flag][data-status="open"]').filter(has_text=user)
    expect(undecided).not_to_have_count(0)
    while left := undecided.count():
        undecided.first.get_by_role("button", name="Clear").click()
        expect(give_reason(page, "Clear", "a family")).to_be_hidden()
        expect(undecided).to_have_count(left - 1)
    expect(page.get_by_test_id("held")).to_have_text("0 credits")


def test_a_void_refunds_and_comes_once(stage: Stage, browser: Browser) -> None:
    pot = stage.open_pot(**TERMS)
    page = open_desk(browser, stage, officer(stage))
    player = open_lobby(browser, stage, stage.player())
    visit(player, pot)
    buy(player, 1)
    expect_balance(player, "990")
    other = open_desk(browser, stage, officer(stage))
    for each in (page, other):
        open_case(each, pot)
    # Two have the dialog open; the second one comes too late and is told so.
    other.get_by_role("button", name="Void", exact=True).click()
    moderate(page, "Void", "Void this pot", "called off")
    expect(page.get_by_test_id("status")).to_have_text("Cancelled")
    expect(player.get_by_text("Compliance called this pot off")).to_be_visible()
    expect(player.get_by_text("Given back")).to_be_visible()
    expect_balance(player, "1,000")
    late = give_reason(other, "Void this pot", "me too")
    expect(late.get_by_role("alert")).to_contain_text("not possible any more")
    assert violations(other) == []
    for each in (page, other, player):
        each.context.close()


def test_an_alert_is_heard_and_acknowledged(stage: Stage, browser: Browser) -> None:
    page = open_desk(browser, stage, officer(stage), "/desk/alerts")
    other = open_desk(browser, stage, officer(stage), "/desk/alerts")
    email = stage.player()
    player = open_lobby(browser, stage, email)
    player.goto("/account")
    # Nobody presses anything on the officers' pages: Realtime tells them.
    token = player.evaluate(
        "JSON.parse(Object.entries(localStorage).find(([key]) => key.endsWith('auth-token'))[1])"
        ".access_token"
    )
    answer = player.request.post(
        f"{stage.api}/rest/v1/rpc/request_erasure",
        headers={"apikey": stage.key, "authorization": f"Bearer {token}"},
        data={},
    )
    assert answer.ok, answer.text()
    rows = [each.locator('[data-kind="erasure_requested"]') for each in (page, other)]
    for row in rows:
        expect(row).to_be_visible()
    other.get_by_role("button", name="Acknowledge Players ask to be forgotten").click()
    page.get_by_role("button", name="Acknowledge Players ask to be forgotten").click()
    expect(give_reason(page, "Acknowledge", "mine")).to_be_hidden()
    expect(rows[0]).to_have_count(0)
    late = give_reason(other, "Acknowledge", "no, mine")
    expect(late.get_by_role("alert")).to_contain_text("somebody was faster")
    other.keyboard.press("Escape")
    page.get_by_role("link", name="Looked after").click()
    expect(rows[0]).to_contain_text("mine")
    assert violations(page) == []
    for each in (page, other, player):
        each.context.close()
