"""From the lobby to the winner with the keyboard alone."""

from playwright.sync_api import Browser, Page, expect

from tests.support.lobby import Stage, buy, expect_live, open_lobby, visit

MOST_STOPS = 80


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until the focus is on what has that name, as a screen reader would say it."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => { const e = document.activeElement;"
            " return e.getAttribute('aria-label') ?? e.labels?.[0]?.innerText ?? e.innerText; }"
        )
        if focused.strip().startswith(name):
            return
    raise AssertionError(f"no way to {name!r} by Tab")


def test_from_the_lobby_to_the_winner(stage: Stage, browser: Browser) -> None:
    pot = stage.open_pot(
        entry_cost=10, max_tickets=3, max_per_user=3, fill_seconds=3600, min_participants=1
    )
    page = open_lobby(browser, stage, stage.player())
    expect_live(page)
    expect(page.locator(f'[data-pot="{pot}"]')).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#content"
    tab_to(page, f"Pot {pot[:8]}")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/pots/{pot}")
    expect_live(page)

    tab_to(page, "Buy tickets")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    # The focus is inside, and stays there.
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('[role=dialog]') !== null")
    dialog.get_by_label("1 ticket").focus()
    page.keyboard.press("ArrowDown")
    expect(dialog.get_by_label("3 tickets")).to_be_checked()
    tab_to(page, "Pay 30 credits")
    page.keyboard.press("Enter")

    expect(page.get_by_test_id("winner")).to_be_visible()
    expect(dialog).to_contain_text("You won!")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.context.close()


def focused(page: Page) -> str:
    """The tag and the words of what has the focus."""
    return str(
        page.evaluate(
            "() => `${document.activeElement.tagName} ${document.activeElement.innerText.trim()}`"
        )
    )


def test_nobody_is_thrown_back_to_the_top_by_what_goes(stage: Stage, browser: Browser) -> None:
    pot = stage.open_pot(entry_cost=10, max_tickets=6, max_per_user=3, fill_seconds=3600)
    page = open_lobby(browser, stage, stage.player(), reduced_motion="reduce")
    visit(page, pot)
    tab_to(page, "Clap")
    page.keyboard.press("Enter")
    said = page.get_by_role("status").filter(has_text="You cheered: Clap.")
    expect(said).to_have_count(1)
    # What was refused for its speed is no problem any more once another went through.
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    problem = page.get_by_role("alert").filter(has_text="faster, than the limits allow")
    expect(problem).to_be_visible()
    page.wait_for_timeout(1500)
    page.keyboard.press("Enter")
    expect(problem).to_have_count(0)

    other = open_lobby(browser, stage, stage.player())
    visit(other, pot)
    buy(other, 3)
    expect(page.get_by_test_id("sold")).to_have_text("3 of 6 tickets")
    tab_to(page, "Buy tickets")
    # It goes with the last ticket, which leads to the draw and then to who won.
    held = page.get_by_role("button", name="Buy tickets")
    expect(held).to_be_focused()
    third = open_lobby(browser, stage, stage.player())
    visit(third, pot)
    buy(third, 3)
    expect(held).to_have_count(0)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("heading", name="The draw")).to_be_focused()

    tab_to(page, "Check this draw now")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Everything holds.")).to_be_visible()
    assert focused(page) == "BUTTON Check this draw now"
    for each in (page, other, third):
        each.context.close()
