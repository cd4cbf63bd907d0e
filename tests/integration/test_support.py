"""The ground that other tests stand on."""

import contextlib
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pypot_cli.config import ROOT
from tests.support.database import Database


@pytest.mark.postgres(17, 15)
def test_a_test_gets_a_database_of_its_own(db: Database) -> None:
    with db.connect() as conn:
        conn.execute("create table public.left_behind ()")
        row = conn.execute("select current_database(), current_user").fetchone()
    assert row == (db.name, "postgres")
    with db.admin() as conn:
        assert conn.info.server_version // 10000 == db.major


def test_a_player_calls_as_postgrest_would(db: Database) -> None:
    user = db.make_user()
    with db.as_player(user, headers={"X-Thing": "1"}) as conn:
        row = conn.execute(
            "select current_user, auth.uid(), auth.role(), current_setting('statement_timeout'),"
            " current_setting('request.headers')::json ->> 'x-thing'"
        ).fetchone()
    assert row == ("authenticated", user, "authenticated", "8s", "1")


def test_a_browser_opens_a_page_from_a_file_and_runs_it(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "a page.html"
    file.write_text(
        """<!doctype html><title>A page</title><p id="digest"></p><script>
        crypto.subtle.digest("SHA-256", new TextEncoder().encode("pot")).then(digest => {
            document.getElementById("digest").textContent =
                Array.from(new Uint8Array(digest), b => b.toString(16).padStart(2, "0")).join("")
        })</script>""",
        encoding="utf-8",
    )
    page = browser.new_page()
    page.goto(file.as_uri())
    page.wait_for_function("document.getElementById('digest').textContent !== ''")
    assert page.title() == "A page"
    assert page.inner_text("#digest") == hashlib.sha256(b"pot").hexdigest()
    # The fonts are there too: a page without one has no lines.
    assert page.locator("#digest").bounding_box()["height"] > 10  # type: ignore[index]


def test_what_a_killed_run_started_ends_with_it() -> None:
    run = (
        "import subprocess, sys\n"
        "from tests.support.lobby import end_with_us\n"
        "child = subprocess.Popen(['sleep', '300'], preexec_fn=end_with_us)\n"
        "print(child.pid, flush=True)\n"
        "child.wait()\n"
    )
    killed = subprocess.Popen(
        [sys.executable, "-c", run], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert killed.stdout is not None
    child = int(killed.stdout.readline())
    os.kill(child, 0)
    killed.kill()
    killed.wait()
    killed.stdout.close()
    deadline = time.monotonic() + 30
    # Whoever inherits it may leave it a zombie for good.
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        while Path(f"/proc/{child}/stat").read_text(encoding="ascii").split()[2] != "Z":
            assert time.monotonic() < deadline, "it was left behind"
            time.sleep(0.01)
