"""`api`: a running local API over a fresh database."""

from collections.abc import Iterator

import pytest

from tests.support.api import Api, running
from tests.support.database import Database


@pytest.fixture
def api(db: Database) -> Iterator[Api]:
    """The API of this test."""
    with running(db) as api:
        yield api
