"""The ground that other tests stand on."""

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pypot_cli.config import ROOT
from pypot_cli.db.binaries import embedded
from pypot_cli.db.cluster import Cluster
from tests.support.caretaker import cared_for
from tests.support.database import Database
from tests.support.game import PATIENCE_SECONDS


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


STARTS_A_CHILD = """
import subprocess
from tests.support.caretaker import end_with_us
child = subprocess.Popen(["sleep", "300"], preexec_fn=end_with_us)
print(child.pid, flush=True)
child.wait()
"""
# Below a mount where this user may make one, as a server whose disk is small.
STARTS_A_SERVER = """
import subprocess, time
from pypot_cli.db.binaries import embedded
from pypot_cli.db.cluster import Cluster
from tests.support.caretaker import cared_for
with cared_for("pypot-killed-") as directory:
    mount = ["mount", "-t", "tmpfs", "-o", "size=400m,mode=711", "pypot", directory]
    subprocess.run(mount, stderr=subprocess.DEVNULL)
    cluster = Cluster(directory / "data", embedded())
    cluster.start(0)
    pid = (cluster.data_dir / "postmaster.pid").read_text().split()[0]
    print(pid, directory, flush=True)
    time.sleep(300)
"""


def test_what_a_killed_run_started_ends_with_it() -> None:
    (child,) = said_and_killed(STARTS_A_CHILD)
    assert_ends(int(child))


@pytest.mark.parametrize("group", [False, True], ids=["alone", "with its group"])
def test_a_server_of_a_killed_run_ends_and_its_directory_goes(group: bool) -> None:
    server, directory = said_and_killed(STARTS_A_SERVER, group)
    assert_ends(int(server))
    deadline = time.monotonic() + PATIENCE_SECONDS
    while Path(directory).exists():
        assert time.monotonic() < deadline, "it was left behind"
        time.sleep(0.01)
    assert directory not in Path("/proc/mounts").read_text()


def test_what_ends_a_directorys_servers_ends_nobody_else() -> None:
    """A server that was killed leaves its number, which by now may be another's."""
    other = subprocess.Popen(["sleep", "300"])
    try:
        with cared_for("pypot-cared-") as directory:
            assert directory.stat().st_mode & 0o777 == 0o711  # root's servers walk there
            (directory / "data").mkdir()
            (directory / "data" / "postmaster.pid").write_text(f"{other.pid}\n")
        assert not directory.exists()
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_server_that_still_runs_ends_with_its_block() -> None:
    with cared_for("pypot-cared-") as directory:
        cluster = Cluster(directory / "data", embedded())
        cluster.start(0)
        pid = int((cluster.data_dir / "postmaster.pid").read_text().split()[0])
    assert_ends(pid)
    assert not directory.exists()


def said_and_killed(run: str, group: bool = False) -> list[str]:
    """The words of the line that a run prints; it has been killed since, or its whole group."""
    running = subprocess.Popen(
        [sys.executable, "-c", run],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert running.stdout is not None
    words = running.stdout.readline().split()
    os.kill(int(words[0]), 0)
    if group:
        os.killpg(running.pid, signal.SIGKILL)
    else:
        running.kill()
    running.wait()
    running.stdout.close()
    return words


def assert_ends(pid: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    # Whoever inherits it may leave it a zombie for good.
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        while Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split()[2] != "Z":
            assert time.monotonic() < deadline, "it was left behind"
            time.sleep(0.01)
