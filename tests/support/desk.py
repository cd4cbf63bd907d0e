"""People of compliance at the desk, each in a browser of their own."""

from __future__ import annotations

from typing import Any

import httpx
from playwright.sync_api import Browser, Locator, Page, expect

from pypot_cli.rpc import Caller
from tests.support.fixtures import BROWSER_PATIENCE_MS
from tests.support.lobby import PASSWORD, Stage, expect_live

PAGES = (*("/desk", "/desk/flags", "/desk/alerts", "/desk/audit", "/desk/figures", "/desk/limits"),)


def user_id(stage: Stage, email: str) -> str:
    """Whose address that is."""
    with httpx.Client(base_url=stage.api, headers={"apikey": stage.key}, timeout=60) as client:
        form = {"email": email, "password": PASSWORD}
        answer = client.post("/auth/v1/token?grant_type=password", json=form)
        answer.raise_for_status()
    return str(answer.json()["user"]["id"])


def set_officer(stage: Stage, email: str, officer: bool = True) -> None:
    """Names somebody as an officer, or revokes it, as the operator does."""
    stage.call(
        Caller("service_role"),
        "set_officer",
        user_id=user_id(stage, email),
        officer=officer,
        reason="the roster of this week",
    )


def officer(stage: Stage) -> str:
    """The e-mail address of a new officer."""
    email = stage.player()
    set_officer(stage, email)
    return email


def open_desk(
    browser: Browser, stage: Stage, email: str, path: str = "/desk", **options: Any
) -> Page:
    """The desk in a browser context of its own, signed in."""
    context = browser.new_context(base_url=stage.lobby, **options)
    context.set_default_timeout(BROWSER_PATIENCE_MS)
    page = context.new_page()
    page.goto(f"/account?to={path}")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(stage.lobby + path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


def open_case(page: Page, pot: str) -> None:
    """Goes to a pot's case and waits until it is live."""
    page.goto(f"/desk/pots/{pot}")
    expect_live(page)
    expect(page.get_by_test_id("status")).to_be_visible()


def give_reason(page: Page, confirm: str, reason: str) -> Locator:
    """Fills the dialog that is open and confirms it; returns the dialog."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_role("button", name=confirm).click()
    return dialog


def moderate(page: Page, button: str, confirm: str, reason: str) -> None:
    """Does something to the pot whose case is open, and sees that it was done."""
    page.get_by_role("button", name=button, exact=True).click()
    expect(give_reason(page, confirm, reason)).to_be_hidden()
