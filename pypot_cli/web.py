"""The lobby: built from `web/lobby` when its sources changed, served by Node.js."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from pypot_cli import config, proof_page
from pypot_cli.api.server import listen
from pypot_cli.errors import PypotError
from pypot_cli.interrupts import handled

LOBBY = config.ROOT / "web" / "lobby"
# The lobby recomputes draws with the program of `pypot proof html`, and hands that page out.
_SOURCES = (
    LOBBY,
    config.ROOT / "web" / "verifier" / "src",
    config.ROOT / "pypot_cli" / "proof_page",
)
_MADE = frozenset({"node_modules", ".svelte-kit", "build", "made", "__pycache__"})
_PROOF_PAGE = LOBBY / "src" / "lib" / "made" / "proof-page.json"
_OLDEST_NODE = (20, 19)
_WHICH_NODE = (
    "install Node.js 20.19 or newer, from https://nodejs.org or NodeSource (Debian 12's own is 18)"
)
_START_SECONDS = 60.0
_STOP_SECONDS = 20.0


def require_node() -> None:
    """Raises PypotError, which says what to do, unless a Node.js that can run the lobby is here."""
    try:
        done = subprocess.run(
            ["node", "--version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        raise PypotError(f"Node.js is missing: {_WHICH_NODE}") from None
    found = re.fullmatch(r"v(\d+)\.(\d+)\..*", done.stdout.strip())
    if found is None or (int(found[1]), int(found[2])) < _OLDEST_NODE:
        version = done.stdout.strip() or "of no version"
        raise PypotError(f"this Node.js is {version}, too old for the lobby: {_WHICH_NODE}")


def build() -> Path:
    """The built page, made anew when a source differs from what it was made of.

    Two may call it at once. Raises PypotError when Node.js is missing or too old, or the build
    fails.
    """
    built = LOBBY / "build"
    stamp = built / ".made-of"
    config.CACHE_DIR.mkdir(parents=True, exist_ok=True)
    with (config.CACHE_DIR / "lobby.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        want = _fingerprint()
        if stamp.exists() and stamp.read_text(encoding="utf-8") == want:
            return built
        _install()
        before, after = proof_page.frame()
        _PROOF_PAGE.parent.mkdir(exist_ok=True)
        _PROOF_PAGE.write_text(json.dumps({"before": before, "after": after}), encoding="utf-8")
        _npm("run", "build")
        stamp.write_text(want, encoding="utf-8")
    return built


def node_modules() -> Path:
    """The directory with the lobby's packages, supabase-js among them, fetched unless it has them.

    Raises PypotError when Node.js is missing or too old.
    """
    found = LOBBY / "node_modules"
    config.CACHE_DIR.mkdir(parents=True, exist_ok=True)
    with (config.CACHE_DIR / "lobby.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _install()
    return found


def start(
    api_url: str, api_key: str, port: int, beacon_chain: str = ""
) -> tuple[subprocess.Popen[bytes], str]:
    """Serves the built page in a process of its own; returns it and its address once it answers.

    Port 0 is any free one; `beacon_chain` is the /info of a chain that the page trusts besides
    drand's quicknet, as JSON. Raises PypotError when Node.js is missing or too old, the build
    fails, the port is taken, or nothing answers there.
    """
    require_node()
    built = build()
    # Bound here first: a port that is taken is told at once, and 0 becomes a number.
    with contextlib.closing(listen(port)) as listener:
        host, chosen = listener.getsockname()[:2]
    url = f"http://{host}:{chosen}"
    process = subprocess.Popen(
        ["node", "--no-deprecation", str(built)],
        env={
            **os.environ,
            "HOST": host,
            "PORT": str(chosen),
            "ORIGIN": url,
            "PUBLIC_SUPABASE_URL": api_url,
            "PUBLIC_SUPABASE_KEY": api_key,
            "PUBLIC_BEACON_CHAIN": beacon_chain,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + _START_SECONDS
    while not _answers(host, chosen):
        if process.poll() is not None or time.monotonic() > deadline:
            stop(process)
            raise PypotError("the page's server did not start: see the lines above")
        time.sleep(0.05)
    return process, url


def _answers(host: str, port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends the page's server."""
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def serve(api_url: str, api_key: str, port: int) -> Iterator[str]:
    """Yields the page's address once, and serves until SIGINT or SIGTERM.

    Raises PypotError when the page's server ends by itself.
    """
    process, url = start(api_url, api_key, port)
    with handled(lambda *_: process.terminate()):
        try:
            yield url
            code = process.wait()
            if code not in (0, -signal.SIGTERM):
                raise PypotError(f"the page's server ended by itself with {code}")
        finally:
            stop(process)


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for root in _SOURCES:
        for directory, names, files in os.walk(root):
            names[:] = sorted(set(names) - _MADE)
            for name in sorted(files):
                file = Path(directory, name)
                digest.update(f"{file.relative_to(config.ROOT)}\0".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _install() -> None:
    """Installs what package-lock.json names, unless that is what is there."""
    installed = LOBBY / "node_modules" / ".made-of"
    want = hashlib.sha256((LOBBY / "package-lock.json").read_bytes()).hexdigest()
    if installed.exists() and installed.read_text(encoding="utf-8") == want:
        return
    require_node()
    if shutil.which("npm") is None:
        raise PypotError(f"npm is missing: {_WHICH_NODE}, with npm")
    _npm("ci", "--no-audit", "--no-fund")
    installed.write_text(want, encoding="utf-8")


def _npm(*arguments: str) -> None:
    command: Sequence[str] = ("npm", *arguments)
    done = subprocess.run(
        command,
        cwd=LOBBY,
        env={**os.environ, "NO_UPDATE_NOTIFIER": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()
        # What follows the error is where in somebody's program it happened.
        told = next((line for line in lines if "error" in line.lower()), lines[-1])
        raise PypotError(f"{' '.join(command)} failed: {told}")
