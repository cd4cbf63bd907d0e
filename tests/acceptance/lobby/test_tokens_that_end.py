"""A token that ends while the page is open is renewed, or its player is told.

A second API over the stage's database gives tokens of 15 seconds, and a lobby of its own is on it.
"""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Browser, Page, Route, expect

from pypot_cli import web
from pypot_cli.api.server import Server, listen
from pypot_cli.api.settings import Settings
from pypot_cli.api.tokens import SKEW_SECONDS, Authority
from tests.support.fixtures import BROWSER_PATIENCE_MS
from tests.support.lobby import (
    PASSWORD,
    SECOND,
    Stage,
    buy,
    connection,
    expect_live,
    open_lobby,
    visit,
)

TERMS = {"entry_cost": 10, "max_tickets": 50, "max_per_user": 9, "fill_seconds": 3600}
TOKEN_SECONDS = 15


@pytest.fixture(scope="module")
def short(stage: Stage) -> Iterator[Stage]:
    """The stage, by an API whose tokens end soon."""
    listener = listen(0)
    settings = Settings(
        database_url=stage.database,
        signing_key=ec.generate_private_key(ec.SECP256R1()),
        signing_kid="short",
        url=f"http://127.0.0.1:{listener.getsockname()[1]}",
        token_seconds=TOKEN_SECONDS,
    )
    server = Server(settings, listener)
    thread = threading.Thread(target=server.serve_until_stopped, daemon=True)
    thread.start()
    key = Authority(settings).legacy_key("anon")
    page, address = web.start(settings.url, key, 0)
    try:
        yield replace(stage, api=settings.url, key=key, lobby=address)
    finally:
        web.stop(page)
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive()


@dataclass
class Renewals:
    """What the page asks /auth/v1/token; refused while `lost`."""

    lost: bool = False
    count: int = 0

    def handle(self, route: Route) -> None:
        if self.lost:
            route.abort()
            return
        self.count += 1
        route.continue_()


def on_a_pot(browser: Browser, short: Stage) -> tuple[Page, Renewals, str]:
    """A player's page that is live on a pot."""
    pot = short.open_pot(**TERMS)
    page = open_lobby(browser, short, short.player())
    renewals = Renewals()
    page.route("**/auth/v1/token?grant_type=refresh_token", renewals.handle)
    visit(page, pot)
    return page, renewals, pot


def outlive(page: Page) -> None:
    """Waits until the token that the page has now is refused everywhere."""
    page.wait_for_timeout((TOKEN_SECONDS + SKEW_SECONDS + 2) * SECOND)


def test_a_token_is_renewed_unseen(short: Stage, browser: Browser) -> None:
    page, renewals, _ = on_a_pot(browser, short)
    states: list[str] = []
    page.expose_function("noteState", lambda state: states.append(state))
    page.evaluate(
        "new MutationObserver(([{target}]) => noteState(target.dataset.connection)).observe("
        "document.querySelector('[data-connection]'), {attributes: true})"
    )
    outlive(page)
    assert renewals.count > 0
    assert states == [] or set(states) == {"live"}
    buy(page, 3)
    expect(page.get_by_test_id("own-entry")).to_have_count(1)
    expect(page.get_by_test_id("balance")).to_have_text("970 credits")
    expect(page.get_by_text("Your session has ended")).to_be_hidden()
    page.context.close()


def test_a_token_that_cannot_be_renewed_yet_loses_nothing(short: Stage, browser: Browser) -> None:
    """As after a sleep, or when the service for signing in is away: the channel is cut off."""
    page, renewals, pot = on_a_pot(browser, short)
    renewals.lost = True
    expect(connection(page)).to_have_attribute(
        "data-connection", "stale", timeout=(TOKEN_SECONDS + 30) * SECOND
    )
    outlive(page)
    buy(page, 1)
    expect(page.get_by_role("alert").filter(has_text="nothing was paid")).to_be_visible()
    renewals.lost, renewals.count = False, 0
    expect_live(page)
    other = open_lobby(browser, short, short.player())
    visit(other, pot)
    buy(other, 3)
    expect(page.get_by_test_id("sold")).to_have_text("3 of 50 tickets")
    # supabase-js tries again a minute after it gave up; until then the page says that it cannot.
    deadline = time.monotonic() + BROWSER_PATIENCE_MS / SECOND
    while renewals.count == 0:
        assert time.monotonic() < deadline, "the token was not renewed"
        page.wait_for_timeout(SECOND)
    buy(page, 1)
    expect(page.get_by_test_id("own-entry")).to_have_count(1)
    for each in (page, other):
        each.context.close()


def test_a_session_that_ended_is_told_and_taken_up_again(short: Stage, browser: Browser) -> None:
    page, _, pot = on_a_pot(browser, short)
    buy(page, 1)
    expect(page.get_by_test_id("own-entry")).to_have_count(1)
    email = page.evaluate(
        "JSON.parse(Object.entries(localStorage).find(([key]) => key.endsWith('-auth-token'))[1])"
        ".user.email"
    )
    with psycopg.connect(short.admin) as conn:
        conn.execute(
            "delete from auth.sessions as s using auth.users as u "
            "where s.user_id = u.id and u.email = %s",
            [email],
        )
    told = page.get_by_role("alert").filter(has_text="Your session has ended")
    expect(told).to_be_visible(timeout=(TOKEN_SECONDS + 60) * SECOND)
    expect(page.get_by_test_id("balance")).to_be_hidden()
    expect_live(page)
    told.get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**/pots/{pot}")
    expect(page.get_by_test_id("own-entry")).to_have_count(1)
    expect(told).to_be_hidden()
    page.context.close()
