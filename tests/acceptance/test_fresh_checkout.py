"""The first minutes of a stranger: `./dev` as an ordinary user, twice, and two at once."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pypot_cli.config import ROOT
from pypot_cli.db.owner import ServerUser
from tests.support.fixtures import unavailable


class Stranger:
    """A user without rights, with a home of their own and two checkouts."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.user: ServerUser | None = None
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self.user = ServerUser(nobody.pw_uid, nobody.pw_gid)
        self.checkouts = [home / "a checkout", home / "another checkout"]

    def run(self, checkout: Path, *command: str) -> subprocess.CompletedProcess[str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYPOT_", "PYTHON", "VIRTUAL_ENV", "UV_PROJECT", "XDG_"))
        }
        env = {**kept, "HOME": str(self.home), "PYTHON": self._python()}
        as_user: dict[str, Any] = {}
        if self.user is not None:
            as_user = {"user": self.user.uid, "group": self.user.gid, "extra_groups": []}
        return subprocess.run(
            command,
            cwd=checkout,
            env=env,
            capture_output=True,
            text=True,
            check=False,
            **as_user,
        )

    def _python(self) -> str:
        for program in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
            real = Path(program).resolve()
            if real.exists() and (self.user is None or self.user.can_reach(real)):
                return str(real)
        unavailable("install python3 and python3-venv: other users cannot run the Python of root")


@pytest.fixture(scope="module")
def stranger() -> Iterator[Stranger]:
    home = Path(tempfile.mkdtemp(prefix="pypot-stranger-"))
    stranger = Stranger(home)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for checkout in stranger.checkouts:
        for name in filter(None, os.fsdecode(listed.stdout).split("\0")):
            if (ROOT / name).exists():
                (checkout / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, checkout / name)
    if stranger.user is not None:
        for directory, _, files in os.walk(home):
            for path in (directory, *(os.path.join(directory, file) for file in files)):  # noqa: PTH118
                os.chown(path, stranger.user.uid, stranger.user.gid)
    yield stranger
    for checkout in stranger.checkouts:
        if (checkout / ".venv").exists():
            stranger.run(checkout, "./dev", "pypot", "db", "down")
    shutil.rmtree(home)


@pytest.mark.timeout(600)
def test_two_fresh_checkouts_at_once_have_a_database_each(stranger: Stranger) -> None:
    def up(checkout: Path) -> str:
        done = stranger.run(checkout, "./dev", "pypot", "db", "up", "--port", "0")
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1]

    with ThreadPoolExecutor() as pool:
        first = list(pool.map(up, stranger.checkouts))
    assert len(set(first)) == 2
    made = [
        (checkout / ".venv" / ".pypot-stamp").stat().st_mtime_ns for checkout in stranger.checkouts
    ]

    assert [up(checkout) for checkout in stranger.checkouts] == first
    for checkout, stamp in zip(stranger.checkouts, made, strict=True):
        assert (checkout / ".venv" / ".pypot-stamp").stat().st_mtime_ns == stamp
        assert (checkout / ".pypot" / "db").stat().st_uid == (
            stranger.user.uid if stranger.user else os.geteuid()
        )


def test_dev_says_what_it_can_do_before_it_makes_anything(
    stranger: Stranger, tmp_path: Path
) -> None:
    alone = stranger.home / "nothing made"
    alone.mkdir()
    shutil.copy2(ROOT / "dev", alone / "dev")
    done = stranger.run(alone, "./dev", "help")
    assert done.returncode == 0
    assert "usage: ./dev COMMAND" in done.stdout
    wrong = stranger.run(alone, "./dev", "dmeo")
    assert wrong.returncode == 1
    assert wrong.stderr.endswith("dev: no such command: dmeo\n")
    assert [entry.name for entry in alone.iterdir()] == ["dev"]


def test_dev_names_what_it_needs(stranger: Stranger) -> None:
    checkout = stranger.home / "without python"
    checkout.mkdir()
    shutil.copy2(ROOT / "dev", checkout / "dev")
    for file in ("uv.lock", "pyproject.toml"):
        shutil.copy2(ROOT / file, checkout / file)
    if stranger.user is not None:
        os.chown(checkout, stranger.user.uid, stranger.user.gid)
    tools = checkout / "tools"
    tools.mkdir()
    for tool in ("dirname", "cksum", "cat", "mkdir"):
        (tools / tool).symlink_to(str(shutil.which(tool)))
    done = stranger.run(
        checkout, "/usr/bin/env", "-u", "PYTHON", f"PATH={tools}", "/bin/sh", "dev", "test"
    )
    assert done.returncode == 1
    assert done.stderr.startswith("dev: Python 3.11 or newer is needed: install it")
