"""From the lock to the draw the page counts down, and says nothing that it cannot know."""

import contextlib
import re
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from pypot_cli.rpc import ANON, player
from tests.support.fixtures import BROWSER_PATIENCE_MS
from tests.support.lobby import SECOND, Stage, open_lobby, violations, visit

TERMS = {"entry_cost": 10, "max_tickets": 4, "max_per_user": 2, "fill_seconds": 1800}
WRONG_BY = 5 * 60 * SECOND
NEAR = 3
"""Seconds that a page may be wrong by, on a busy machine."""
SET_CLOCK = """
    const real = Date.now;
    window.wrongBy = %d;
    Date.now = () => real() + window.wrongBy;
"""
NOTE_WHAT_IS_TOLD = """
    window.said = [];
    new MutationObserver(() => {
        const told = [...document.querySelectorAll("[role=status], [role=alert], [aria-live]")]
            .map(each => each.textContent.trim()).join(" | ");
        if (window.said.at(-1) !== told) window.said.push(told);
    }).observe(document, {subtree: true, childList: true, characterData: true});
"""


def watching(browser: Browser, stage: Stage, pot: str, **options: Any) -> Page:
    """A spectator's page on a device whose clock is minutes ahead."""
    page = open_lobby(browser, stage, **options)
    page.context.add_init_script(SET_CLOCK % WRONG_BY)
    visit(page, pot)
    return page


def sell_out(stage: Stage, pot: str) -> None:
    for _ in range(2):
        user = uuid.UUID(stage.sign_up(f"{uuid.uuid4().hex}@example.com"))
        stage.call(player(user), "join_pot", pot_id=pot, ticket_count=2)


def shown(timer: Locator) -> int:
    """The seconds that a countdown shows."""
    found = re.search(r"(\d+):(\d\d)$", timer.inner_text())
    assert found is not None, timer.inner_text()
    return int(found[1]) * 60 + int(found[2])


def left(until: str) -> float:
    """Seconds until a time of the database, whose machine this is."""
    return (datetime.fromisoformat(until) - datetime.now(UTC)).total_seconds()


@contextlib.contextmanager
def nobody_attests(stage: Stage) -> Iterator[None]:
    """Locks are signed later: the seed of a locked pot is not revealed meanwhile."""
    with psycopg.connect(stage.admin) as conn:
        conn.execute("lock table private.lock_attestations in share mode")
        yield


@contextlib.contextmanager
def unanswered(page: Page) -> Iterator[None]:
    """What the page asks of the pot is answered afterwards."""
    kept: list[Route] = []
    keeps = True

    def keep(route: Route) -> None:
        if keeps:
            kept.append(route)
        else:
            route.continue_()

    page.route("**/rpc/get_pot", keep)
    yield
    keeps = False
    for route in kept:
        route.continue_()


def test_draw_2_counts_down_to_its_round_and_then_waits_for_the_beacon(
    stage: Stage, browser: Browser
) -> None:
    pot = stage.open_pot(**TERMS, draw_version=2)
    page = watching(browser, stage, pot)
    page.evaluate(NOTE_WHAT_IS_TOLD)
    sell_out(stage, pot)
    awaited = page.get_by_test_id("awaited")
    timer = awaited.get_by_role("timer")
    expect(timer).to_contain_text("Draw in")
    expect(timer).to_contain_text(re.compile(r"\d:\d\d"))
    locked = stage.call(ANON, "get_pot", pot_id=pot)
    expect(awaited).to_contain_text(locked["commit_hash"])
    at = locked["fairness"]["beacon"]["round_time"]
    assert abs(shown(timer) - left(at)) < NEAR
    before = shown(timer)
    expect(awaited).to_have_attribute("data-stage", "round")
    # From here on nothing comes in, so that the page has to say what it waits for.
    with unanswered(page):
        page.wait_for_timeout(3 * SECOND)
        assert shown(timer) < before
        assert abs(shown(timer) - left(at)) < NEAR
        assert violations(page) == []
        expect(awaited).to_have_attribute("data-stage", "beacon", timeout=60 * SECOND)
        assert -NEAR < left(at) < NEAR
        expect(awaited).to_contain_text("Waiting for round")
        expect(timer).to_have_count(0)
        assert violations(page) == []
    expect(page.get_by_test_id("winner")).to_be_visible()
    expect(awaited).to_have_count(0)

    # Those who listen were told when it began and ended, and were not counted down to.
    said = page.evaluate("window.said")
    begun = [told for told in said if re.search(r"The draw is in \d+ seconds", told)]
    assert begun
    assert any("Waiting for the beacon" in told for told in said)
    assert len(said) < 15, said
    page.context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_draw_1_says_until_when_its_seed_must_come(
    stage: Stage, browser: Browser, width: int
) -> None:
    pot = stage.open_pot(**TERMS, draw_version=1)
    size = {"width": width, "height": 800}
    page = watching(browser, stage, pot, viewport=size, reduced_motion="reduce")
    awaited = page.get_by_test_id("awaited")
    timer = awaited.get_by_role("timer")
    with nobody_attests(stage):
        sell_out(stage, pot)
        expect(timer).to_contain_text(re.compile(r"Time left to reveal the seed\s*\d+:\d\d"))
        locked = stage.call(ANON, "get_pot", pot_id=pot)
        assert locked["fairness"]["reveal_seed"] is None
        assert abs(shown(timer) - left(locked["timers"]["reveal_by"])) < NEAR
        expect(awaited).to_contain_text(locked["commit_hash"])
        expect(awaited).to_contain_text(re.compile(r"If it is not revealed by .*:.*, everyone is"))
        told = page.get_by_role("status").filter(has_text="The tickets are frozen")
        expect(told).to_contain_text("must be revealed within 10 minutes, or everyone is refunded")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        # Fades only where motion is wanted.
        assert awaited.evaluate("each => getComputedStyle(each).animationName") == "none"

        # The clock of the device is put on: the page believes it until it reads again, no longer.
        with unanswered(page):
            page.evaluate("window.wrongBy += 11 * 60000")
            expect(awaited).to_have_attribute("data-stage", "overdue")
            expect(awaited).to_contain_text("If it did not come, everyone is refunded")
        page.evaluate("window.dispatchEvent(new Event('online'))")
        expect(awaited).to_have_attribute("data-stage", "seed")
        assert abs(shown(timer) - left(locked["timers"]["reveal_by"])) < NEAR
    expect(page.get_by_test_id("winner")).to_be_visible()
    expect(awaited).to_have_count(0)
    page.context.close()


def test_an_open_pot_closes_by_the_databases_clock(stage: Stage, browser: Browser) -> None:
    pot = stage.open_pot(**TERMS)
    page = watching(browser, stage, pot)
    closes = page.get_by_role("timer").filter(has_text="Closes in")
    locks_at = stage.call(ANON, "get_pot", pot_id=pot)["locks_at"]
    deadline = time.monotonic() + BROWSER_PATIENCE_MS / SECOND
    while abs(shown(closes) - left(locks_at)) >= NEAR:
        assert time.monotonic() < deadline, closes.inner_text()
        page.wait_for_timeout(100)
    page.context.close()
