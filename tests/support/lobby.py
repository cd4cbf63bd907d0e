"""Everything that `pypot up` starts, and the lobby on it in a browser."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
from playwright.sync_api import Browser, Locator, Page, expect

from pypot_cli import db, web
from pypot_cli.rpc import Api, Caller, login_url
from tests.support.caretaker import end_with_us
from tests.support.fixtures import BROWSER_PATIENCE_MS

PASSWORD = "correct horse"  # noqa: S105
COMPLIANCE = Caller("pot_compliance", uuid.UUID(int=7))
SECOND = 1_000


@dataclass(frozen=True)
class Stage:
    """Where everything is."""

    api: str
    key: str
    lobby: str
    database: str
    admin: str
    """The database again, as its superuser."""

    def call(self, caller: Caller, function: str, **arguments: Any) -> Any:
        """Calls a function of the database as a service or a person of the house."""
        with contextlib.closing(Api(login_url(self.database))) as api:
            return api.call(caller, function, **arguments)

    def template(self, name: str, **terms: Any) -> None:
        """What the orchestrator keeps open from now on; open_pots=0 ends it."""
        self.call(Caller("pot_orchestrator"), "upsert_pot_template", name=name, **terms)

    def open_pot(self, **terms: Any) -> str:
        """The id of a pot of its own."""
        return str(self.call(Caller("pot_orchestrator"), "create_pot", **terms)["id"])

    def player(self, credits_: int = 1000) -> str:
        """The e-mail address of a new player with credits."""
        email = f"{uuid.uuid4().hex}@example.com"
        self.sign_up(email, credits_)
        return email

    def sign_up(self, email: str, credits_: int = 1000) -> str:
        """Signs a new player up, with PASSWORD, and grants credits; returns the id."""
        with httpx.Client(base_url=self.api, headers={"apikey": self.key}, timeout=60) as client:
            answer = client.post("/auth/v1/signup", json={"email": email, "password": PASSWORD})
            answer.raise_for_status()
        user_id = str(answer.json()["user"]["id"])
        self.call(
            Caller("pot_treasury"),
            "grant_credits",
            user_id=user_id,
            amount=credits_,
            reason="to play with",
            idempotency_key=email,
        )
        return user_id


def found(stage: Stage, pot: str, user: str, kind: str = "a_ring", effect: str = "note") -> str:
    """Has detection find something about a player of a pot; the flag's id."""
    with psycopg.connect(stage.admin, autocommit=True) as conn:
        row = conn.execute(
            "insert into private.flags (pot_id, user_id, kind, score, evidence, phase, effect,"
            " created_at, updated_at) values (%s, %s, %s, 0.9, '{}', 'lock', %s,"
            " private.now(), private.now()) returning flag_id",
            [pot, user, kind, effect],
        ).fetchone()
    assert row is not None
    return str(row[0])


@contextlib.contextmanager
def everything(data_dir: Path) -> Iterator[Stage]:
    """Runs `pypot up`, and ends it."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "pypot_cli", "up", "--data-dir", str(data_dir)),
            *("--db-port", "0", "--port", "0", "--web-port", "0"),
        ],
        env={"PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        # Of no thread but this one, which lives as long as the run.
        preexec_fn=end_with_us,
    )
    assert process.stdout is not None
    try:
        told: dict[str, str] = {}
        while "Ctrl-C" not in told:
            line = process.stdout.readline()
            assert line, "pypot up ended"
            name, _, value = line.strip().partition(" ")
            told[name] = value.strip()
        yield Stage(
            told["url"],
            told["anon_key"],
            told["lobby"],
            db.url(data_dir),
            db.url(data_dir, admin=True),
        )
    finally:
        # Killed, it would leave behind what it started.
        process.terminate()
        code = process.wait(240)
        process.stdout.close()
        db.embedded_cluster(data_dir).stop()
    assert code == 0


def open_lobby(browser: Browser, stage: Stage, email: str | None = None, **options: Any) -> Page:
    """The lobby in a browser context of its own, signed in when there is somebody to be."""
    context = browser.new_context(base_url=stage.lobby, **options)
    context.set_default_timeout(BROWSER_PATIENCE_MS)
    page = context.new_page()
    if email is not None:
        page.goto("/account?to=/")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(stage.lobby + "/")
        expect(page.get_by_test_id("balance")).to_be_visible()
    else:
        page.goto("/")
    return page


def visit(page: Page, pot: str) -> None:
    """Goes to a pot's page and waits until it is live."""
    page.goto(f"/pots/{pot}")
    expect_live(page)


def buy(page: Page, count: int) -> None:
    """Buys 1, 3 or 5 tickets of the pot that is shown."""
    page.get_by_role("button", name="Buy tickets").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(f"{count} ticket").check()
    dialog.get_by_role("button", name="Pay").click()


def expect_live(page: Page) -> None:
    """Waits until the page says that it is live."""
    expect(connection(page)).to_have_attribute("data-connection", "live")


def connection(page: Page) -> Locator:
    """What the page says about being live."""
    return page.locator("[data-connection]")


def violations(page: Page) -> list[str]:
    """What axe finds against accessibility on the page as it is, in words."""
    axe = (web.LOBBY / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
    page.evaluate(axe)
    found = page.evaluate("axe.run().then(found => found.violations)")
    return [
        f"{each['id']}: {node['html']}: {node['failureSummary']}"
        for each in found
        for node in each["nodes"]
    ]
