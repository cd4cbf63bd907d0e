"""Without a Node.js that can run the lobby, its commands say what to do and start nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

MISSING = "Node.js is missing: install Node.js 20.19 or newer"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """The only directory of programs."""
    directory = tmp_path / "bin"
    directory.mkdir()
    return directory


def pypot(programs: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command with those programs and no others."""
    return subprocess.run(
        [sys.executable, "-m", "pypot_cli", *arguments],
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", ["web", "up"])
def test_a_missing_node_is_told(programs: Path, tmp_path: Path, command: str) -> None:
    data = tmp_path / "db"
    options = ("--data-dir", str(data)) if command == "up" else ()
    done = pypot(programs, command, *options)
    assert done.returncode == 1
    assert MISSING in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert not data.exists()
    assert ("--no-web" in done.stderr) == (command == "up")


@pytest.mark.parametrize("version", ["v18.20.4", "v20.18.3", "what?"])
def test_an_old_node_is_told(programs: Path, version: str) -> None:
    """Debian 12's own is 18."""
    node = programs / "node"
    node.write_text(f"#!/bin/sh\necho '{version}'\n", encoding="ascii")
    node.chmod(0o755)
    done = pypot(programs, "web")
    assert done.returncode == 1
    said = " ".join(done.stderr.split())
    assert f"this Node.js is {version}, too old for the lobby" in said
    assert "install Node.js 20.19 or newer" in said
