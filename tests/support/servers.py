"""Servers and databases for tests: two clusters a run, a template each, a fresh database a test."""

import itertools
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from pypot_cli import db as pypot_db
from pypot_cli.config import LOCAL_PASSWORD
from pypot_cli.db.binaries import Binaries, embedded
from pypot_cli.db.cluster import ADMIN, Cluster
from pypot_cli.db.compat import DefaultPrivileges, apply_compat
from tests.support import packages
from tests.support.caretaker import Caretaker
from tests.support.database import Database

MAJORS = (17, 15)

_QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Template:
    """What a database of a test is made like."""

    major: int
    default_privileges: DefaultPrivileges = "classic"
    migrated: bool = True

    @property
    def name(self) -> str:
        """The template database's name."""
        kind = "migrated" if self.migrated else "bare"
        return f"template_{self.default_privileges}_{kind}"


class Servers:
    """The clusters of one run, started when first asked for, in a directory that goes with it.

    `quick` ones would not survive the machine's end, and make and drop databases in less time.
    """

    def __init__(self, *, quick: bool = False) -> None:
        self._quick = quick
        self._directory = Path(tempfile.mkdtemp(prefix="pypot-tests-"))
        # Root's servers run as another user, and PostgreSQL 15 has to be able to walk to its data.
        self._directory.chmod(0o711)
        self._caretaker = Caretaker(self._directory)
        self._clusters: dict[int, Cluster] = {}
        self._made: set[Template] = set()
        self._shared: dict[Template, Database] = {}
        self._numbers = itertools.count(1)

    def cluster(self, major: int) -> Cluster:
        """The running server of a major version.

        Raises MissingProgramError if it has to be installed and cannot be.
        """
        if major not in self._clusters:
            cluster = Cluster(
                self._directory / f"postgres {major}",
                _binaries(major),
                # Durability is tested on the embedded server, and pgTAP alone runs on the other.
                {"jit": "off", **(_QUICK if self._quick or major == 15 else {})},
            )
            cluster.start(0)
            self._clusters[major] = cluster
        return self._clusters[major]

    def create(self, template: Template) -> Database:
        """A fresh database like `template`."""
        self._make(template)
        name = f"test_{next(self._numbers)}"
        self._as_admin(
            template.major,
            "create database {} template {} owner postgres",
            name,
            template.name,
        )
        if template.migrated:
            # What was granted on a database itself is not copied with it.
            self._as_admin(template.major, "revoke temporary on database {} from public", name)
        return Database(self.cluster(template.major), template.major, name)

    def drop(self, database: Database) -> None:
        """Ends the sessions of a database and drops it."""
        self._as_admin(database.major, "drop database {} with (force)", database.name)

    def pgtap_url(self, template: Template) -> str:
        """The superuser's URL of the database that pgTAP files share: each rolls its work back."""
        if template not in self._shared:
            self._shared[template] = self.create(template)
        return self._shared[template].url(ADMIN)

    def stop(self) -> None:
        """Stops what was started and deletes it."""
        for cluster in self._clusters.values():
            cluster.stop()
        self._caretaker.end()

    def _make(self, template: Template) -> None:
        if template in self._made:
            return
        cluster = self.cluster(template.major)
        self._as_admin(template.major, "create database {}", template.name)
        admin_url = cluster.admin_url(template.name)
        if template.migrated:
            pypot_db.prepare(admin_url, LOCAL_PASSWORD, template.default_privileges)
        else:
            with pypot_db.connect(admin_url) as conn:
                apply_compat(conn, LOCAL_PASSWORD, template.default_privileges)
        extensions = ("pgtap", "plpgsql_check") if template.major == 15 else ("pgtap",)
        with pypot_db.connect(admin_url) as conn:
            for extension in extensions:
                conn.execute(
                    sql.SQL("create extension {} with schema extensions").format(
                        sql.Identifier(extension)
                    )
                )
        self._made.add(template)

    def _as_admin(self, major: int, statement: LiteralString, *names: str) -> None:
        url = self.cluster(major).admin_url()
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _binaries(major: int) -> Binaries:
    if major == 17:
        server = embedded()
        packages.add_pgtap(server)
        return server
    return packages.debian().postgres
