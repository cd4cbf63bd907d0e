"""`live`: an API with realtime over the test's database `db`; `js`: supabase-js in Node."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pypot_cli.api.realtime.limits import Limits
from tests.support.database import Database
from tests.support.realtime import Js, Live, live_over


@pytest.fixture
def start_live(db: Database) -> Iterator[Callable[..., Live]]:
    """Starts an API over the test's database."""
    with contextlib.ExitStack() as stack:

        def start(limits: Limits | None = None) -> Live:
            return stack.enter_context(live_over(db, limits))

        yield start


@pytest.fixture
def live(start_live: Callable[..., Live]) -> Live:
    """An API over the test's database."""
    return start_live()


@pytest.fixture
def js(supabase_js: Path) -> Iterator[Js]:
    """supabase-js."""
    js = Js(supabase_js)
    yield js
    js.close()
