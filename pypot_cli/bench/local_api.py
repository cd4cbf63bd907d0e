"""`pypot api` over a throwaway server, and tokens of players for it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

import jwt

from pypot_cli.api.settings import LOCAL_JWT_SECRET
from pypot_cli.processes import command, read_description
from pypot_cli.rpc import player

_TOKEN_SECONDS = 6 * 3600


@contextlib.contextmanager
def local_api(url: str, directory: Path, *options: str) -> Iterator[dict[str, str]]:
    """Run an API of its own process over a database; yield what it tells clients."""
    environment = {
        "PATH": os.environ.get("PATH", os.defpath), "PYPOT_DB_URL": url,
        "PYPOT_JWT_SECRET": LOCAL_JWT_SECRET,
    }  # fmt: skip
    log = directory / "api.log"
    with command(environment, "api", "--port", "0", *options, log=log) as server:
        yield read_description(server, last="secret_key")


def tokens(users: Sequence[UUID]) -> list[str]:
    """Return an access token of each player."""
    times = {"iat": int(time.time()), "exp": int(time.time()) + _TOKEN_SECONDS}
    return [
        jwt.encode({**caller.all_claims(), "role": caller.role, **times}, LOCAL_JWT_SECRET, "HS256")
        for caller in map(player, users)
    ]
