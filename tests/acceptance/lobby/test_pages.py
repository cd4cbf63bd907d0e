"""What every page of the lobby has to be: readable before its script, small, accessible."""

import gzip
import re
import time
import uuid
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Response, expect

from pypot_cli.rpc import player
from tests.support.fixtures import BROWSER_PATIENCE_MS
from tests.support.lobby import PASSWORD, SECOND, Stage, expect_live, open_lobby, violations, visit

MOST_SCRIPT = 150_000
"""Bytes of compressed script that a first page may take."""
PATHS = ("/", "/history", "/fairness", "/account")


def test_the_first_page_has_the_pots_before_any_script_runs(stage: Stage) -> None:
    pot = stage.open_pot(entry_cost=7, max_tickets=11, max_per_user=2)
    text = httpx.get(stage.lobby, timeout=60).text
    assert f"Pot {pot[:8]}" in text
    assert "0 of 11 tickets" in text
    filtered = httpx.get(stage.lobby, params={"status": "settled"}, timeout=60).text
    assert f"Pot {pot[:8]}" not in filtered


def test_a_pot_that_was_not_sold_out_names_the_prize_that_there_is(stage: Stage) -> None:
    users = [uuid.UUID(stage.sign_up(f"{uuid.uuid4()}@example.com")) for _ in range(2)]
    terms = {"entry_cost": 7, "max_tickets": 11, "max_per_user": 2}
    pot = stage.open_pot(**terms, fill_seconds=10)
    for user in users:
        stage.call(player(user), "join_pot", pot_id=pot, ticket_count=1)
    # Another one, since the first may have ended before it is looked at.
    filling = stage.open_pot(**terms, fill_seconds=3600)

    def shown(pot: str) -> str:
        card = re.compile(rf'data-pot="{pot}".*?</article>', re.DOTALL)
        found = card.search(httpx.get(stage.lobby, timeout=60).text)
        assert found is not None
        return found[0]

    assert "Prize if full" in shown(filling)
    assert "77 credits" in shown(filling)
    deadline = time.monotonic() + BROWSER_PATIENCE_MS / SECOND
    while "Completed" not in shown(pot):
        assert time.monotonic() < deadline, "it was not settled"
        time.sleep(0.2)
    assert "Prize if full" not in shown(pot)
    assert "77 credits" not in shown(pot)
    assert "14 credits" in shown(pot)


def test_how_to_check_a_draw_is_where_the_winner_is_sent(stage: Stage) -> None:
    text = httpx.get(f"{stage.lobby}/fairness", timeout=60).text
    assert 'id="check"' in text
    for way in ("In this browser", "With one file", "pypot verify", "HMAC-SHA-256"):
        assert way in text


def test_the_first_page_is_small(stage: Stage, browser: Browser) -> None:
    page = browser.new_context(base_url=stage.lobby).new_page()
    scripts: list[Response] = []
    page.on("response", lambda got: scripts.append(got) if got.url.endswith(".js") else None)
    page.goto("/")
    expect_live(page)
    sizes = {got.url: len(gzip.compress(got.body(), 6)) for got in scripts}
    assert len(sizes) > 1
    assert sum(sizes.values()) < MOST_SCRIPT, sizes
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_on_any_page(
    stage: Stage, browser: Browser, scheme: Any, width: int
) -> None:
    page = open_lobby(browser, stage, color_scheme=scheme, viewport={"width": width, "height": 800})
    pot = stage.open_pot(entry_cost=1, max_tickets=4, max_per_user=2)
    for path in (*PATHS, f"/pots/{pot}", "/pots/nothing-like-that"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert violations(page) == [], path
        # At 200% zoom the page has half its width; nothing may need scrolling sideways.
        for seen in (width, width // 2):
            page.set_viewport_size({"width": seen, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, seen)
        page.set_viewport_size({"width": width, "height": 800})
    page.context.close()


def test_amounts_are_written_as_the_reader_writes_them(stage: Stage, browser: Browser) -> None:
    pot = stage.open_pot(entry_cost=1500, max_tickets=2000, max_per_user=2)
    page = open_lobby(browser, stage, locale="de-DE")
    card = page.locator(f'[data-pot="{pot}"]')
    expect(card).to_contain_text("3.000.000 credits")
    expect(card).to_contain_text("0 of 2.000 tickets")
    expect(card).to_contain_text("1.500 credits a ticket")
    page.context.close()


def test_a_pot_shows_nothing_of_the_one_before_it(stage: Stage, browser: Browser) -> None:
    terms = {"entry_cost": 10, "max_tickets": 6, "max_per_user": 3, "fill_seconds": 3600}
    over, next_ = stage.open_pot(**terms), stage.open_pot(**terms)
    users = [uuid.UUID(stage.sign_up(f"{uuid.uuid4()}@example.com")) for _ in range(3)]
    page = open_lobby(browser, stage, reduced_motion="reduce")
    visit(page, next_)
    for user in users[:2]:
        stage.call(player(user), "join_pot", pot_id=over, ticket_count=3)
    page.locator(f'.drops a[href="/pots/{over}"]').click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Pot {over[:8]}")
    expect(page.locator("figure rect")).to_have_count(2)
    # Nobody who comes when all is over is interrupted by the result.
    expect(page.get_by_role("button", name="Show the result now")).to_have_count(0)
    assert page.get_by_role("dialog").count() == 0

    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Pot {next_[:8]}")
    expect_live(page)
    for user in users:
        stage.call(player(user), "join_pot", pot_id=next_, ticket_count=2)
    shares = page.get_by_role("dialog").get_by_role("group", name="Where the credits came from")
    expect(shares.get_by_role("row")).to_have_count(3)
    expect(page.locator("figure rect")).to_have_count(3)
    page.context.close()


def test_a_refused_sign_in_is_told_in_the_words_of_the_page(stage: Stage, browser: Browser) -> None:
    page = browser.new_context(base_url=stage.lobby).new_page()
    page.goto("/account")
    page.get_by_label("E-mail").fill("nobody@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text(
        "There is no account with this e-mail and password."
    )
    page.context.close()


def test_an_unknown_pot_is_told_as_such(stage: Stage) -> None:
    for name in ("00000000-0000-4000-8000-000000000000", "x", "%00"):
        answer = httpx.get(f"{stage.lobby}/pots/{name}", timeout=60)
        assert answer.status_code == 404
    assert "There is no such pot" in httpx.get(f"{stage.lobby}/pots/x", timeout=60).text
    assert "There is no such page" in httpx.get(f"{stage.lobby}/nowhere", timeout=60).text
