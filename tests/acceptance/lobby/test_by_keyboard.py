"""From the lobby to the winner with the keyboard alone."""

from playwright.sync_api import Browser, Page, expect

from tests.support.lobby import Stage, expect_live, open_lobby

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
