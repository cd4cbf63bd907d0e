"""Databases whose catalogues are read: both servers, both of Supabase's default-privilege modes."""

from collections.abc import Iterator

import psycopg
import pytest

from pypot_cli.db.compat import DefaultPrivileges
from tests.support.fixtures import unavailable
from tests.support.packages import MissingProgramError
from tests.support.servers import Servers, Template

MODES: tuple[DefaultPrivileges, ...] = ("classic", "not_exposed")
TEMPLATES = [Template(major, mode) for major in (17, 15) for mode in MODES]


@pytest.fixture(params=TEMPLATES, ids=lambda t: f"pg{t.major}-{t.default_privileges}")
def admin(request: pytest.FixtureRequest, servers: Servers) -> Iterator[psycopg.Connection]:
    """The superuser's connection to a database with the migrations; what a test does is undone."""
    try:
        url = servers.pgtap_url(request.param)
    except MissingProgramError as error:
        unavailable(str(error))
    with psycopg.connect(url) as conn:
        yield conn
        conn.rollback()
