"""A clock of retries that a test sets ahead: nobody sleeps, and none is too early or too late."""

import time
from types import SimpleNamespace

import pytest


def set_retries_ahead(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Lets services see a clock for their retries that is so many seconds ahead."""
    ahead = SimpleNamespace(monotonic=lambda: time.monotonic() + seconds)
    monkeypatch.setattr("pypot_cli.service.time", ahead)
