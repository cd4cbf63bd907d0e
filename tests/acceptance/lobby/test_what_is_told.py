"""What Realtime tells comes in any order, and no change may be lost for that.

In these pages the look every 15 seconds is switched off: what it would mend must not happen.
"""

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import psycopg
from playwright.sync_api import Browser, Page, Route, expect

from pypot_cli.db.connection import query
from tests.support.lobby import COMPLIANCE, SECOND, Stage, expect_live, open_lobby, visit

TERMS = {"entry_cost": 10, "max_tickets": 9, "max_per_user": 3, "fill_seconds": 3600}
AT_ONCE = 12 * SECOND
"""Before a page reads again without having been told to, on a busy machine too."""
NO_LOOK = """
    const every = window.setInterval;
    window.setInterval = (what, ms, ...more) => ms === 15000 ? 0 : every(what, ms, ...more);
"""


def watching(browser: Browser, stage: Stage, pot: str) -> Page:
    """A spectator's page that hears, and never looks."""
    page = open_lobby(browser, stage)
    page.context.add_init_script(NO_LOOK)
    visit(page, pot)
    return page


def joining(stage: Stage, pot: str) -> psycopg.Connection[Any]:
    """A join of one ticket that is not committed yet."""
    claims = {"sub": stage.sign_up(f"{uuid.uuid4().hex}@example.com"), "role": "authenticated"}
    conn = psycopg.connect(stage.admin)
    as_player = {"role": "authenticated", "claims": json.dumps(claims), "topic": ""}
    conn.execute(query("realtime_become"), as_player)
    conn.execute("select public.join_pot(%s, 1, %s)", [pot, claims["sub"]])
    return conn


def test_joins_that_do_not_see_each_other_are_all_counted(stage: Stage, browser: Browser) -> None:
    """Both tell the same version and one ticket sold; the truth is the next version, and two."""
    pot = stage.open_pot(**TERMS)
    page = watching(browser, stage, pot)
    with joining(stage, pot) as one, joining(stage, pot) as other, joining(stage, pot) as late:
        one.commit()
        other.commit()
        expect(page.get_by_test_id("sold")).to_have_text("2 of 9 tickets", timeout=AT_ONCE)
        # Read again by now, and beyond what the third will tell: that it saw nothing of the others.
        page.wait_for_timeout(2 * SECOND)
        late.commit()
        expect(page.get_by_test_id("sold")).to_have_text("3 of 9 tickets", timeout=AT_ONCE)
        expect(page.get_by_text("3 players")).to_be_visible(timeout=AT_ONCE)
    page.context.close()


class Held:
    """Answers of get_pot, kept back until they are let go."""

    def __init__(self, page: Page) -> None:
        self._kept: list[Callable[[], None]] = []
        self._page = page
        self._keeps = True
        page.route("**/rpc/get_pot", self._keep)

    def _keep(self, route: Route) -> None:
        if self._keeps:
            answer = route.fetch()
            self._kept.append(lambda: route.fulfill(response=answer))
        else:
            route.continue_()

    def wait_for(self, count: int) -> None:
        deadline = time.monotonic() + 30
        while len(self._kept) < count:
            assert time.monotonic() < deadline, "get_pot was not asked"
            self._page.wait_for_timeout(50)

    def let_go(self, *order: int) -> None:
        """Answers in this order; what is asked from now on is answered at once."""
        self._keeps = False
        for place in order:
            self._kept[place]()


def test_an_answer_that_was_overtaken_is_passed_over(stage: Stage, browser: Browser) -> None:
    pot = stage.open_pot(**TERMS)
    page = watching(browser, stage, pot)
    held = Held(page)
    stage.call(COMPLIANCE, "pause_pot", pot_id=pot, reason="a closer look")
    held.wait_for(1)
    stage.call(COMPLIANCE, "resume_pot", pot_id=pot, reason="nothing found")
    page.wait_for_timeout(200)
    stage.call(COMPLIANCE, "void_pot", pot_id=pot, reason="called off")
    held.wait_for(3)
    held.let_go(2, 0, 1)
    called_off = page.get_by_text("Compliance called this pot off")
    expect(called_off).to_be_visible(timeout=AT_ONCE)
    page.wait_for_timeout(SECOND)
    expect(called_off).to_be_visible()
    page.context.close()


def test_an_answer_from_before_the_commit_is_asked_for_again(
    stage: Stage, browser: Browser
) -> None:
    """A commit is told of as soon as it is in the log, a moment before every snapshot has it."""
    pot = stage.open_pot(**TERMS)
    page = watching(browser, stage, pot)
    before: list[Any] = []

    def note(route: Route) -> None:
        before.append(route.fetch())
        route.fulfill(response=before[-1])

    page.route("**/rpc/get_pot", note)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect_live(page)
    page.wait_for_timeout(SECOND)
    page.unroute("**/rpc/get_pot")
    stale = [*before, *before][:2]
    assert len(stale) == 2

    def early(route: Route) -> None:
        if stale:
            route.fulfill(response=stale.pop())
        else:
            route.continue_()

    page.route("**/rpc/get_pot", early)
    stage.call(COMPLIANCE, "pause_pot", pot_id=pot, reason="a closer look")
    expect(page.get_by_text("This pot is paused: a closer look")).to_be_visible(timeout=AT_ONCE)
    assert stale == []
    page.context.close()


def test_a_pot_that_opens_while_the_lobby_reads_is_kept(stage: Stage, browser: Browser) -> None:
    page = open_lobby(browser, stage)
    page.context.add_init_script(NO_LOOK)
    page.goto("/")
    expect_live(page)
    kept: list[Callable[[], None]] = []

    def keep(route: Route) -> None:
        answer = route.fetch()
        kept.append(lambda: route.fulfill(response=answer))

    page.route("**/rpc/list_pots", keep)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    while not kept:
        page.wait_for_timeout(50)
    pot = stage.open_pot(**TERMS)
    card = page.locator(f'[data-pot="{pot}"]')
    expect(card).to_be_visible()
    kept[0]()
    page.wait_for_timeout(SECOND)
    expect(card).to_be_visible()
    page.context.close()
