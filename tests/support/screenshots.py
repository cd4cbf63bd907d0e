"""`./dev screenshots`: pictures of the main states of lobby and desk into docs/images.

From real pots on a stage of its own, in light, in dark and on a phone, named STATE-LOOK.webp.
Arguments name the states to take; without any it takes them all. The stage's database has its clock
set back and on again, so that there is a day to look at; services, players and pots are what they
always are. What the desk shows was found by detection itself: six accounts of one device play
beside people with devices of their own.
"""

import base64
import itertools
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from playwright.sync_api import Browser, Locator, Page, StorageState, expect, sync_playwright

from pypot_cli.config import ROOT
from pypot_cli.db.clock import ahead, replace_clock
from pypot_cli.rpc import Api, Caller, login_url, player
from tests.support import packages
from tests.support.desk import officer, open_case, open_desk, user_id
from tests.support.fixtures import BROWSER_PATIENCE_MS
from tests.support.lobby import COMPLIANCE, SECOND, Stage, everything, expect_live, open_lobby

IMAGES = ROOT / "docs" / "images"
QUALITY = 70
LOOKS: Mapping[str, Mapping[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1200, "height": 800}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1200, "height": 800}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}
CROWD = 14
HOUR = 3600
HOURS_AGO = range(22, 0, -1)
FILL_SECONDS = (4, 8, 20, 45, 70, 100)
"""How long pots take to fill, one after another."""
LONG_AGO = 74 * HOUR
"""A prize that is held since then has waited for a review for too long."""
NAMES = ("ada", "bea", "cyd", "dan", "eve", "fay", "gus", "hal", "ida", "joe", "kim", "lou")
RING = 6
"""Accounts that one person has, on one tablet."""


class FromDevice(Api):
    """Calls of a browser that sends the id of its device, through a proxy that tells addresses."""

    def __init__(self, url: str, device: str, address: str) -> None:
        super().__init__(url)
        self._headers = {"x-device-id": device, "cf-connecting-ip": address}

    def headers(self) -> dict[str, str]:
        return {**super().headers(), **self._headers}


class Scene:
    """Pots in every state, and a player who won one of them."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._people: dict[str, uuid.UUID] = {}
        self._names = (f"{name}{turn or ''}" for turn in itertools.count() for name in NAMES)
        self._chance = random.Random(1)
        self.crowd = self.sign_up(CROWD)
        with psycopg.connect(stage.admin, autocommit=True) as conn:
            # What was set after a pot locked holds nothing in it.
            conn.execute(
                "update private.flag_policies set updated_at = updated_at - interval '4 days'"
            )
        self.overdue = Ring(self, ago=LONG_AGO)
        for turn, hours in enumerate(HOURS_AGO):
            took = FILL_SECONDS[turn % len(FILL_SECONDS)]
            pot = self.full(hours * HOUR, took, entry_cost=5, max_tickets=20, max_per_user=5)
            self.settled(pot)
        self.set_clock(0)
        won = self.settled(self.full(entry_cost=25, max_tickets=40, max_per_user=5))
        self.won = str(won["id"])
        self.me = next(
            email for email in self.crowd if self._sees(email, self.won)["winner"]["mine"]
        )
        stage.call(
            player(self._people[self.me]), "set_play_limits", day=2000, week=8000, month=None
        )
        for sold in (3, 9, 15):
            self.filling(sold, entry_cost=50, max_tickets=100, max_per_user=20, draw_version=2)
        self.open = self.filling(12, entry_cost=10, max_tickets=60, max_per_user=10, draw_version=2)

    def set_clock(self, ago: float) -> None:
        """Sets the clock of the stage's database so many seconds back."""
        with psycopg.connect(self.stage.admin, autocommit=True) as conn:
            replace_clock(conn, ahead(-ago))

    @cached_property
    def desk(self) -> "Desk":
        """What there is for compliance."""
        return Desk(self)

    def join(self, email: str, pot: str, count: int, device: str | None = None) -> None:
        """Buys tickets, from a device of the player's own when none is given."""
        place = list(self._people).index(email)
        address = f"203.0.113.{200 if device else place + 1}"
        with FromDevice(login_url(self.stage.database), device or email, address) as api:
            api.call(
                player(self._people[email]),
                "join_pot",
                pot_id=pot,
                ticket_count=count,
                idempotency_key=str(uuid.uuid4()),
            )

    def sign_up(self, players: int) -> list[str]:
        """E-mail addresses of more players, who have been here for a while."""
        names = itertools.islice(self._names, players)
        emails = [f"{name}@example.com" for name in names]
        self._people |= {email: uuid.UUID(self.stage.sign_up(email, 5000)) for email in emails}
        with psycopg.connect(self.stage.admin, autocommit=True) as conn:
            conn.execute(
                "update auth.users set created_at = created_at - interval '40 days'"
                " where email = any(%s)",
                [emails],
            )
        return emails

    def leave(self, email: str) -> None:
        """Asks for everything about a player to be erased."""
        self.stage.call(player(self._people[email]), "request_erasure")

    def _sees(self, email: str, pot: str) -> Any:
        return self.stage.call(player(self._people[email]), "get_pot", pot_id=pot)

    def filling(self, entries: int, **terms: Any) -> str:
        """A pot with that many entries, the player's own among them."""
        pot = self.stage.open_pot(fill_seconds=1500, **terms)
        others = [email for email in self.crowd if email != self.me]
        for place in range(entries - 1):
            self.join(others[place % len(others)], pot, 1 + place % 4)
        self.join(self.me, pot, 2)
        return pot

    def full(self, ago: float = 0, took: float = 0, **terms: Any) -> str:
        """A pot that is sold out: opened so many seconds ago, its last tickets bought later."""
        if ago:
            self.set_clock(ago)
        pot = self.stage.open_pot(fill_seconds=1500, **terms)
        left, place = terms["max_tickets"], 0
        # Whoever always came after the same one would look like one person.
        for email in self._chance.sample(self.crowd, CROWD):
            count = min(left, 2 + place % 3)
            if took and 0 < left <= terms["max_tickets"] // 2:
                self.set_clock(ago - took)
                took = 0
            if count:
                self.join(email, pot, count)
            left, place = left - count, place + 1
        return pot

    def settled(self, pot: str) -> Any:
        """The pot once it is."""
        deadline = time.monotonic() + 120
        while (found := self._sees(self.crowd[0], pot))["status"] != "settled":
            assert time.monotonic() < deadline, "a pot was not settled"
            time.sleep(0.2)
        return found


class Ring:
    """Accounts of one tablet, and a pot whose prize is held because one of them won it."""

    def __init__(self, scene: Scene, ago: float = 0) -> None:
        self._scene, self._ago = scene, ago
        self._accounts = scene.sign_up(RING)
        self._tablet = str(uuid.uuid4())
        self.pot, self.flag = next(found for found in map(self._played, range(12)) if found)

    def _played(self, turn: int) -> tuple[str, str] | None:
        """A pot that the ring played in, and its winner's flag, if the prize is held."""
        scene = self._scene
        if self._ago:
            scene.set_clock(self._ago - turn * 120)
        pot = scene.stage.open_pot(
            entry_cost=10, max_tickets=40, max_per_user=5, fill_seconds=1500, draw_version=1
        )
        for place, email in enumerate(scene.crowd[1:6]):
            scene.join(email, pot, 1 + place % 3)
        for email in self._accounts:
            scene.join(email, pot, 5, device=self._tablet)
        scene.join(scene.crowd[0], pot, 1)
        scene.settled(pot)
        case = scene.stage.call(COMPLIANCE, "get_case", pot_id=pot)
        if not case["pot"]["held"]:
            return None
        winner = case["pot"]["winner"]["user_id"]
        flags = [each for each in case["flags"] if each["user_id"] == winner]
        return pot, str(max(flags, key=lambda each: float(each["score"]))["flag_id"])


class Desk:
    """A ring's pot with a flag that waits for a second person, and what else there is to do."""

    def __init__(self, scene: Scene) -> None:
        self._scene, stage = scene, scene.stage
        self.officers = [officer(stage), officer(stage)]
        ring = Ring(scene)
        self.case, self.flag = ring.pot, ring.flag
        self._call("review_flag", flag_id=self.flag, decision="uphold", reason="one tablet, six")
        paused = scene.filling(4, entry_cost=20, max_tickets=80, max_per_user=8)
        self._call("pause_pot", pot_id=paused, reason="an odd crowd")
        voided = scene.filling(2, entry_cost=20, max_tickets=80, max_per_user=8)
        self._call("void_pot", pot_id=voided, reason="opened twice")
        scene.leave(scene.crowd[-1])
        self._call(
            "set_flag_policy", kind="equal_stakes", effect="hold", min_score=0.9, reason="a try"
        )
        stage.call(
            Caller("pot_compliance", uuid.UUID(user_id(stage, self.officers[1]))),
            "set_flag_policy",
            **{"kind": "shared_address", "effect": "refuse", "min_score": 0.95, "reason": "a try"},
        )
        stage.call(Caller("pot_events"), "sequence_events")
        stage.call(Caller("pot_orchestrator"), "roll_up_metrics")

    @cached_property
    def _person(self) -> Caller:
        first = user_id(self._scene.stage, self.officers[0])
        return Caller("pot_compliance", uuid.UUID(first))

    def _call(self, function: str, **arguments: Any) -> Any:
        return self._scene.stage.call(self._person, function, **arguments)


def lobby(page: Page, _: Scene) -> None:
    page.goto("/")
    expect_live(page)


def filling(page: Page, scene: Scene) -> None:
    page.goto(f"/pots/{scene.open}")
    expect_live(page)
    expect(page.get_by_test_id("own-entry")).not_to_have_count(0)


def entry(page: Page, scene: Scene) -> None:
    filling(page, scene)
    page.get_by_role("button", name="Buy tickets").click()
    page.get_by_role("dialog").get_by_label("3 tickets").check()


def drawing(page: Page, scene: Scene) -> None:
    pot = scene.full(entry_cost=10, max_tickets=40, max_per_user=5, draw_version=2)
    page.goto(f"/pots/{pot}")
    expect_live(page)
    expect(page.get_by_text("of the public beacon")).to_be_visible()
    # The pointer stands where the seed points, and waits.
    page.wait_for_timeout(SECOND)
    draw = page.get_by_role("heading", name="The draw").locator("..")
    draw.evaluate("draw => draw.scrollIntoView({block: 'nearest'})")


def winner(page: Page, scene: Scene) -> None:
    page.goto(f"/pots/{scene.won}")
    expect_live(page)
    page.get_by_role("button", name="The numbers behind it").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Check this draw now").click()
    verdict = dialog.get_by_text("Everything holds.")
    expect(verdict).to_be_visible()
    # Higher, so that it shows both who won and what was checked.
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": size["width"], "height": size["height"] * 3 // 2})
    page.wait_for_timeout(SECOND)
    dialog.get_by_text("You won!").scroll_into_view_if_needed()


def tampered(page: Page, scene: Scene) -> None:
    page.goto(f"/pots/{scene.won}")
    expect_live(page)
    page.get_by_role("button", name="changed digit").click()
    verdict = page.get_by_text("does NOT hold")
    expect(verdict).to_be_visible()
    verdict.evaluate("words => words.scrollIntoView({block: 'center'})")


def history(page: Page, _: Scene) -> None:
    page.goto("/history")
    expect_live(page)


def fairness(page: Page, _: Scene) -> None:
    page.goto("/fairness")
    expect(page.locator("canvas").first).to_be_visible()
    page.wait_for_timeout(SECOND)


def account(page: Page, _: Scene) -> None:
    page.goto("/account")
    expect(page.get_by_role("button", name="Save the limits")).to_be_visible()
    expect(page.get_by_role("row").first).to_be_visible()
    expect(page.get_by_text("Net since then")).to_be_visible()


def cases(page: Page, _: Scene) -> None:
    page.goto("/desk")
    expect_live(page)
    expect(page.get_by_role("row")).not_to_have_count(0)


def case(page: Page, scene: Scene) -> None:
    open_case(page, scene.desk.case)
    page.get_by_role("button", name="Check the chain").click()
    expect(page.get_by_text("every hash holds")).to_be_visible()


def graph(page: Page, scene: Scene) -> None:
    open_case(page, scene.desk.case)
    expect(page.get_by_test_id("graph")).to_be_visible()
    to_top(page.get_by_test_id("clusters"))


def review(page: Page, scene: Scene) -> None:
    open_case(page, scene.desk.case)
    flag = page.locator(f'[data-flag="{scene.desk.flag}"]')
    expect(flag).to_have_attribute("data-status", "uphold_proposed")
    to_top(flag)
    flag.get_by_text("Evidence").click()
    page.wait_for_timeout(SECOND)


def alerts(page: Page, _: Scene) -> None:
    page.goto("/desk/alerts")
    expect_live(page)
    expect(page.get_by_role("button", name="Acknowledge").first).to_be_visible()


def figures(page: Page, _: Scene) -> None:
    page.goto("/desk/figures")
    expect(page.locator("canvas").first).to_be_visible()
    page.wait_for_timeout(SECOND)


def limits(page: Page, _: Scene) -> None:
    page.goto("/desk/limits")
    expect(page.get_by_test_id("policy").first).to_be_visible()
    to_top(page.get_by_role("heading", name="Policies in force"))


def to_top(part: Locator) -> None:
    """Scrolls until it begins where the screen does."""
    part.evaluate("part => scrollBy(0, part.getBoundingClientRect().top - 16)")


PLAYERS: tuple[Callable[[Page, Scene], None], ...] = (
    *(lobby, filling, entry, drawing, winner),
    *(tampered, history, fairness, account),
)
OFFICERS = (cases, case, graph, review, alerts, figures, limits)
STATES = {state.__name__: state for state in (*PLAYERS, *OFFICERS)}


def kept(page: Page) -> StorageState:
    """What a browser keeps of a sign-in; its context is closed."""
    state = page.context.storage_state()
    page.context.close()
    return state


def save(page: Page, file: Path) -> int:
    """Keeps what is to be seen; returns its size in bytes."""
    cdp = page.context.new_cdp_session(page)
    shot = cdp.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    return file.write_bytes(base64.b64decode(shot["data"]))


def main() -> int:
    """Takes them."""
    wanted = sys.argv[1:] or list(STATES)
    if unknown := [name for name in wanted if name not in STATES]:
        print(f"no such state: {unknown[0]}; there are {', '.join(STATES)}", file=sys.stderr)
        return 2
    IMAGES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as directory,
        everything(Path(directory, "db")) as stage,
        sync_playwright() as playwright,
    ):
        expect.set_options(timeout=BROWSER_PATIENCE_MS)
        browser = playwright.chromium.launch(executable_path=packages.chromium())
        scene = Scene(stage)
        of_players = [state for state in PLAYERS if state.__name__ in wanted]
        of_officers = [state for state in OFFICERS if state.__name__ in wanted]
        if of_players:
            take(browser, kept(open_lobby(browser, stage, scene.me)), scene, of_players)
        if of_officers:
            # The first officer proposed; the second one looks.
            second = open_desk(browser, stage, scene.desk.officers[1])
            take(browser, kept(second), scene, of_officers)
        browser.close()
    return 0


def take(
    browser: Browser,
    signed_in: StorageState,
    scene: Scene,
    states: Sequence[Callable[[Page, Scene], None]],
) -> None:
    """Takes states as whoever is signed in sees them, in every look."""
    for look, options in LOOKS.items():
        context = browser.new_context(
            base_url=scene.stage.lobby,
            storage_state=signed_in,
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(BROWSER_PATIENCE_MS)
        for state in states:
            page = context.new_page()
            state(page, scene)
            name = f"{state.__name__}-{look}.webp"
            size = save(page, IMAGES / name)
            print(f"docs/images/{name} {size / 1000:.0f} kB", flush=True)
            page.close()
        context.close()


if __name__ == "__main__":
    sys.exit(main())
