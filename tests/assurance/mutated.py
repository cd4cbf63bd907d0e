"""A plugin of pytest: every database of the run has a mutant in it, on a server that runs already.

`pytest -p tests.assurance.mutated` with the variables of `environment`.
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest

from pypot_cli.db.binaries import embedded
from pypot_cli.db.cluster import Cluster
from tests.support.database import Database
from tests.support.servers import Servers, Template

_DIRECTORY, _STATEMENT = "PYPOT_MUTATED_SERVER", "PYPOT_MUTATED_STATEMENT"
_TEMPLATE = Template(17)


def environment(servers: Servers, statement: str) -> dict[str, str]:
    """What the plugin has to be told: where the server is, and what is done to each database."""
    return {_DIRECTORY: str(servers.cluster(17).data_dir), _STATEMENT: statement}


class Mutated(Servers):
    """Databases of a server that somebody else started, each with the mutant in it."""

    def __init__(self, directory: Path, statement: str) -> None:
        self._clusters = {17: Cluster(directory, embedded())}
        self._made = {_TEMPLATE}
        self._shared = {}
        self._statement = statement
        # Names of its own, beside those of other runs on the same server.
        self._numbers = itertools.count(os.getpid() * 10_000)

    def create(self, template: Template) -> Database:
        """A fresh database with the mutant, which is made in one kind of database only.

        A test on another kind is skipped: passing there would say nothing of the mutant. This is
        the plugin of a harness; no run of the suite itself loads it, and there nothing is skipped.
        """
        if template != _TEMPLATE:
            pytest.skip("the mutant is elsewhere")
        db = super().create(template)
        with db.admin() as conn:
            conn.execute(self._statement.encode())
        return db

    def stop(self) -> None:
        """It was not started here."""


def pytest_configure(config: pytest.Config) -> None:
    """Gives the run those databases."""
    # Imported before the conftest it would not be rewritten, of which pytest warns.
    from tests.support.fixtures import use_servers

    use_servers(config, Mutated(Path(os.environ[_DIRECTORY]), os.environ[_STATEMENT]))
