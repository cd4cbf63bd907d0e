"""One stage for every test of the lobby: they use pots and players of their own."""

from collections.abc import Iterator

import pytest

from tests.support.lobby import Stage, everything


@pytest.fixture(scope="package")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with everything(tmp_path_factory.mktemp("lobby") / "db") as running:
        yield running
