"""A purchase whose answer is lost on the way is made once, and never called a refusal."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.lobby import Stage, buy, open_lobby, visit

TERMS = {"entry_cost": 10, "max_tickets": 50, "max_per_user": 10, "fill_seconds": 3600}
GATEWAY: dict[str, Any] = {
    "status": 504,
    "content_type": "text/html",
    "body": "<h1>upstream request timeout</h1>",
}


def on_a_pot(browser: Browser, stage: Stage) -> Page:
    """A player's page that is live on a pot."""
    page = open_lobby(browser, stage, stage.player())
    visit(page, stage.open_pot(**TERMS))
    return page


def test_an_answer_that_a_gateway_lost_is_asked_for_again(stage: Stage, browser: Browser) -> None:
    page = on_a_pot(browser, stage)
    lost: list[str] = []

    def once(route: Route) -> None:
        answer = route.fetch()
        if lost:
            route.fulfill(response=answer)
        else:
            lost.append(answer.text())
            route.fulfill(**GATEWAY)

    page.route("**/rpc/join_pot", once)
    buy(page, 3)
    expect(page.get_by_role("status").filter(has_text="3 tickets are yours.")).to_have_count(1)
    expect(page.get_by_test_id("balance")).to_have_text("970 credits")
    expect(page.get_by_test_id("own-entry")).to_have_count(1)
    assert "entry_id" in lost[0]
    page.context.close()


@pytest.mark.parametrize("way", ["gateway", "network"])
def test_a_purchase_that_nobody_answers_is_not_said_to_have_cost_nothing(
    stage: Stage, browser: Browser, way: str
) -> None:
    page = on_a_pot(browser, stage)

    def never(route: Route) -> None:
        route.fetch()
        if way == "gateway":
            route.fulfill(**GATEWAY)
        else:
            route.abort()

    page.route("**/rpc/join_pot", never)
    buy(page, 3)
    told = page.get_by_role("alert").filter(has_text="look at your entries before you buy again")
    expect(told).to_be_visible()
    expect(page.get_by_text("nothing was paid")).to_have_count(0)
    expect(page.get_by_test_id("balance")).to_have_text("970 credits")
    expect(page.get_by_test_id("own-entry")).to_have_count(1)
    page.context.close()
