"""`./dev screenshots`: pictures of the lobby's main states into docs/images.

From real pots on a stage of its own, in light, in dark and on a phone, named STATE-LOOK.webp.
Arguments name the states to take; without any it takes them all.
"""

import base64
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, StorageState, expect, sync_playwright

from pypot_cli.config import ROOT
from pypot_cli.rpc import player
from tests.support import packages
from tests.support.lobby import PATIENCE, SECOND, Stage, everything, expect_live, open_lobby

IMAGES = ROOT / "docs" / "images"
QUALITY = 70
LOOKS: Mapping[str, Mapping[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1200, "height": 800}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1200, "height": 800}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}
CROWD = 14
DRAWS = 25


class Scene:
    """Pots in every state, and a player who won one of them."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        emails = [f"{uuid.uuid4().hex}@example.com" for _ in range(CROWD)]
        self._people = {email: uuid.UUID(stage.sign_up(email, 5000)) for email in emails}
        for _ in range(DRAWS):
            self.full(entry_cost=5, max_tickets=20, max_per_user=5)
        won = self.settled(self.full(entry_cost=25, max_tickets=40, max_per_user=5))
        self.won = str(won["id"])
        self.me = next(email for email in emails if self._sees(email, self.won)["winner"]["mine"])
        stage.call(
            player(self._people[self.me]), "set_play_limits", day=2000, week=8000, month=None
        )
        for sold in (3, 9, 15):
            self.filling(sold, entry_cost=50, max_tickets=100, max_per_user=20, draw_version=2)
        self.open = self.filling(12, entry_cost=10, max_tickets=60, max_per_user=10, draw_version=2)

    def _join(self, email: str, pot: str, count: int) -> None:
        self.stage.call(
            player(self._people[email]),
            "join_pot",
            pot_id=pot,
            ticket_count=count,
            idempotency_key=str(uuid.uuid4()),
        )

    def _sees(self, email: str, pot: str) -> Any:
        return self.stage.call(player(self._people[email]), "get_pot", pot_id=pot)

    def filling(self, entries: int, **terms: Any) -> str:
        """A pot with that many entries, the player's own among them."""
        pot = self.stage.open_pot(fill_seconds=1500, **terms)
        others = [email for email in self._people if email != self.me]
        for place in range(entries - 1):
            self._join(others[place % len(others)], pot, 1 + place % 4)
        self._join(self.me, pot, 2)
        return pot

    def full(self, **terms: Any) -> str:
        """A pot that is sold out."""
        pot = self.stage.open_pot(fill_seconds=1500, **terms)
        left, place = terms["max_tickets"], 0
        for email in self._people:
            count = min(left, 2 + place % 3)
            if count:
                self._join(email, pot, count)
            left, place = left - count, place + 1
        return pot

    def settled(self, pot: str) -> Any:
        """The pot once it is."""
        deadline = time.monotonic() + 120
        while (found := self._sees(next(iter(self._people)), pot))["status"] != "settled":
            assert time.monotonic() < deadline, "a pot was not settled"
            time.sleep(0.2)
        return found


def lobby(page: Page, _: Scene) -> None:
    page.goto("/")
    expect_live(page)


def filling(page: Page, scene: Scene) -> None:
    page.goto(f"/pots/{scene.open}")
    expect_live(page)
    expect(page.get_by_test_id("own-entry")).not_to_have_count(0, timeout=PATIENCE)


def entry(page: Page, scene: Scene) -> None:
    filling(page, scene)
    page.get_by_role("button", name="Buy tickets").click()
    page.get_by_role("dialog").get_by_label("3 tickets").check()


def drawing(page: Page, scene: Scene) -> None:
    pot = scene.full(entry_cost=10, max_tickets=40, max_per_user=5, draw_version=2)
    page.goto(f"/pots/{pot}")
    expect_live(page)
    expect(page.get_by_text("of the public beacon")).to_be_visible(timeout=PATIENCE)
    # The pointer stands where the seed points, and waits.
    page.wait_for_timeout(SECOND)


def winner(page: Page, scene: Scene) -> None:
    page.goto(f"/pots/{scene.won}")
    expect_live(page)
    page.get_by_role("button", name="The numbers behind it").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Check this draw now").click()
    verdict = dialog.get_by_text("Everything holds.")
    expect(verdict).to_be_visible(timeout=PATIENCE)
    verdict.evaluate("words => words.scrollIntoView({block: 'center'})")


def tampered(page: Page, scene: Scene) -> None:
    page.goto(f"/pots/{scene.won}")
    expect_live(page)
    page.get_by_role("button", name="changed digit").click()
    verdict = page.get_by_text("does NOT hold")
    expect(verdict).to_be_visible(timeout=PATIENCE)
    verdict.evaluate("words => words.scrollIntoView({block: 'center'})")


def history(page: Page, _: Scene) -> None:
    page.goto("/history")
    expect_live(page)


def fairness(page: Page, _: Scene) -> None:
    page.goto("/fairness")
    expect(page.locator("canvas").first).to_be_visible(timeout=PATIENCE)
    page.wait_for_timeout(SECOND)


def account(page: Page, _: Scene) -> None:
    page.goto("/account")
    expect(page.get_by_role("button", name="Save the limits")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("row").first).to_be_visible(timeout=PATIENCE)


STATES: Mapping[str, Callable[[Page, Scene], None]] = {
    state.__name__: state
    for state in (
        *(lobby, filling, entry, drawing, winner),
        *(tampered, history, fairness, account),
    )
}


@contextmanager
def signed_in(browser: Browser, scene: Scene) -> Iterator[StorageState]:
    """What a browser keeps of the player's sign-in."""
    page = open_lobby(browser, scene.stage, scene.me)
    yield page.context.storage_state()
    page.context.close()


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
        browser = playwright.chromium.launch(executable_path=packages.chromium())
        take(browser, Scene(stage), wanted)
        browser.close()
    return 0


def take(browser: Browser, scene: Scene, wanted: list[str]) -> None:
    """Takes the wanted states in every look."""
    with signed_in(browser, scene) as kept:
        for look, options in LOOKS.items():
            context = browser.new_context(
                base_url=scene.stage.lobby,
                storage_state=kept,
                reduced_motion="reduce",
                **options,
            )
            context.set_default_timeout(PATIENCE)
            for name in wanted:
                page = context.new_page()
                STATES[name](page, scene)
                size = save(page, IMAGES / f"{name}-{look}.webp")
                print(f"docs/images/{name}-{look}.webp {size / 1000:.0f} kB", flush=True)
                page.close()
            context.close()


if __name__ == "__main__":
    sys.exit(main())
