"""Clients that prepare what they say, as clients of PostgreSQL do unless they are told not to.

Ours prepare nothing, so that they work behind every pooler (docs/decisions/0175); these are ours,
told otherwise.
"""

from __future__ import annotations

import sys
from typing import Any

import psycopg
import pytest

from pypot_cli import rpc
from pypot_cli.db import connection

_PROGRAM = """\
from pypot_cli.db import connection
connection.PREPARE_NOTHING = 0
from pypot_cli.__main__ import main
main()
"""

PYPOT = (sys.executable, "-c", _PROGRAM)
"""The command `pypot`, which prepares each statement before it says it the first time."""


def prepare_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has what connects from this process prepare each statement that it says once more.

    Not the first time, because several statements in one, with which the API cleans a connection,
    can never be prepared.
    """
    for module in (connection, rpc):
        monkeypatch.setattr(module, "PREPARE_NOTHING", 1)


def preparing(url: str) -> psycopg.Connection[Any]:
    """A connection that prepares each statement before it says it the first time."""
    return psycopg.connect(url, autocommit=True, prepare_threshold=0)
