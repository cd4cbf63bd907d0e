"""The account page: wallet, session, limits and breaks, and what a player takes along."""

import json
import uuid

from playwright.sync_api import Browser, expect

from pypot_cli.rpc import Caller
from tests.support.lobby import Stage, buy, open_lobby, violations, visit

TERMS = {"entry_cost": 10, "max_tickets": 50, "max_per_user": 9, "fill_seconds": 3600}


def test_a_player_sees_spends_limits_and_stops(stage: Stage, browser: Browser) -> None:
    pot = stage.open_pot(**TERMS)
    page = open_lobby(browser, stage, stage.player())
    visit(page, pot)
    buy(page, 3)
    expect(page.get_by_test_id("own-entry")).to_have_count(1)

    page.get_by_role("link", name="Account").click()
    session = page.locator("dl.facts").first
    expect(session).to_contain_text("970 credits")
    expect(session).to_contain_text("-30 credits")
    clock = session.locator("dd").nth(1)
    before = clock.inner_text()
    expect(clock).not_to_have_text(before)
    # A page loaded again is the same session.
    page.reload()
    expect(session).to_contain_text("-30 credits")

    row = page.get_by_role("row").filter(has_text=f"Pot {pot[:8]}")
    expect(row).to_contain_text("3 tickets")
    expect(row).to_contain_text("30 credits")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download your history").click()
    kept = json.loads(download.value.path().read_text("utf-8"))
    assert [(each["pot_id"], each["ticket_count"]) for each in kept["entries"]] == [(pot, 3)]
    assert [(each["amount"], each["balance_after"]) for each in kept["ledger"]] == [
        (1000, 1000),
        (-30, 970),
    ]

    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    day = page.get_by_label("At most in 24 hours")
    day.fill("40")
    page.get_by_role("button", name="Save the limits").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_text("Spent so far: 30 credits.").first).to_be_visible()
    day.fill("500")
    page.get_by_role("button", name="Save the limits").click()
    expect(page.get_by_text(": 500 credits.")).to_be_visible()
    expect(day).to_have_value("40")
    assert violations(page) == []
    visit(page, pot)
    buy(page, 3)
    expect(page.get_by_role("alert").filter(has_text="nothing was paid")).to_contain_text(
        "limits allow"
    )
    expect(page.get_by_test_id("balance")).to_have_text("970 credits")

    page.get_by_role("link", name="Account").click()
    page.get_by_label("Take a break").select_option("24 hours")
    asked = page.get_by_role("alertdialog")
    page.get_by_role("button", name="Start the break").click()
    expect(asked).to_contain_text("neither can you: 24 hours.")
    assert violations(page) == []
    asked.get_by_role("button", name="Not now").click()
    expect(page.get_by_text("You take a break until")).to_have_count(0)
    page.get_by_role("button", name="Start the break").click()
    asked.get_by_role("button", name="Yes, take the break").click()
    expect(page.get_by_text("You take a break until")).to_be_visible()
    visit(page, pot)
    buy(page, 1)
    expect(page.get_by_role("alert").filter(has_text="nothing was paid")).to_contain_text(
        "on a break"
    )

    page.get_by_role("link", name="Account").click()
    page.get_by_label("Stop playing").select_option("30 days")
    page.get_by_role("button", name="Exclude me").click()
    expect(asked).to_contain_text("Nobody can end this before its time")
    assert violations(page) == []
    asked.get_by_role("button", name="Not now").click()
    expect(page.get_by_text("You take a break until")).to_be_visible()
    page.get_by_role("button", name="Exclude me").click()
    asked.get_by_role("button", name="Yes, exclude me").click()
    expect(page.get_by_text("You have excluded yourself until")).to_be_visible()
    assert violations(page) == []
    page.context.close()


def test_a_player_with_many_entries_sees_all_of_them(stage: Stage, browser: Browser) -> None:
    pot = stage.open_pot(entry_cost=1, max_tickets=200, max_per_user=200, fill_seconds=3600)
    email = f"{uuid.uuid4().hex}@example.com"
    join = {"pot_id": pot, "user_id": stage.sign_up(email), "ticket_count": 1}
    batch = [{**join, "idempotency_key": str(place)} for place in range(101)]
    assert stage.call(Caller("service_role"), "join_pots", batch=batch)["joined"] == 101
    page = open_lobby(browser, stage, email)
    page.goto("/account")
    rows = page.get_by_role("row").filter(has_text=f"Pot {pot[:8]}")
    expect(rows).to_have_count(100)
    more = page.get_by_role("button", name="More entries")
    more.click()
    expect(rows).to_have_count(101)
    expect(more).to_have_count(0)
    page.context.close()
