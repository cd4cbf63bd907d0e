"""The fixtures of every test, a plugin of the conftest at the root.

- `servers`: the run's PostgreSQL servers, see `tests.support.servers`;
- `db`: a fresh database, on PostgreSQL 17 in Supabase's classic mode of default privileges unless
  the test says otherwise: `@pytest.mark.postgres(17, 15, default_privileges="not_exposed")`;
- `supabase_cli`: the path of the Supabase CLI;
- `supabase_js`: the directory node_modules with the Supabase client;
- `standardwebhooks_js`: the directory node_modules with the webhooks' library;
- `chromium`: the path of a browser; `browser`: that browser, run by Playwright without a window.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from pypot_cli import config
from tests.support import packages
from tests.support.database import Database
from tests.support.packages import MissingProgramError
from tests.support.servers import Servers, Template

BROWSER_PATIENCE_MS = 90_000
"""How long a page may take for what takes a moment on a machine of its own."""
_SERVERS = pytest.StashKey[Servers]()


def pytest_configure(config: pytest.Config) -> None:
    """Declares the marker."""
    config.addinivalue_line(
        "markers",
        "postgres(*majors, default_privileges='classic', migrated=True): "
        "the servers that `db` is on, and how it is made",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs a test once for each server that its marker names."""
    marker = metafunc.definition.get_closest_marker("postgres")
    if marker is not None and "db" in metafunc.fixturenames:
        templates = [Template(major, **marker.kwargs) for major in marker.args or (17,)]
        names = [f"pg{template.major}" for template in templates]
        metafunc.parametrize("db", templates, indirect=True, ids=names)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stops the servers."""
    if (servers := config.stash.get(_SERVERS, None)) is not None:
        servers.stop()


def use_servers(config: pytest.Config, servers: Servers) -> None:
    """Gives a run other servers than its own; they are stopped as it ends."""
    config.stash[_SERVERS] = servers


def servers_of(config: pytest.Config) -> Servers:
    """The servers of this run."""
    if _SERVERS not in config.stash:
        config.stash[_SERVERS] = Servers()
    return config.stash[_SERVERS]


def unavailable(reason: str) -> NoReturn:
    """Skips a test for want of a program; fails it when nothing may be left out."""
    if config.strict():
        pytest.fail(f"PYPOT_STRICT=1 and not everything is here: {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def servers(pytestconfig: pytest.Config) -> Servers:
    """The PostgreSQL servers of this run."""
    return servers_of(pytestconfig)


@pytest.fixture
def db(request: pytest.FixtureRequest, servers: Servers) -> Iterator[Database]:
    """A fresh database."""
    template = getattr(request, "param", Template(17))
    try:
        database = servers.create(template)
    except MissingProgramError as error:
        unavailable(str(error))
    yield database
    servers.drop(database)


@pytest.fixture(scope="session")
def supabase_cli() -> Path:
    """The path of the Supabase CLI; run it with DO_NOT_TRACK=1."""
    try:
        return packages.supabase_cli()
    except MissingProgramError as error:
        unavailable(str(error))


@pytest.fixture(scope="session")
def supabase_js() -> Path:
    """The directory node_modules that holds @supabase/supabase-js; run Node with DO_NOT_TRACK=1."""
    try:
        return packages.supabase_js()
    except MissingProgramError as error:
        unavailable(str(error))


@pytest.fixture(scope="session")
def standardwebhooks_js() -> Path:
    """The directory node_modules that holds standardwebhooks."""
    try:
        return packages.standardwebhooks_js()
    except MissingProgramError as error:
        unavailable(str(error))


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The path of a Chromium that can be run."""
    try:
        return packages.chromium()
    except MissingProgramError as error:
        unavailable(str(error))


@pytest.fixture(scope="session")
def prometheus() -> Path:
    """The directory with the programs prometheus and promtool."""
    try:
        return packages.prometheus()
    except MissingProgramError as error:
        unavailable(str(error))


@pytest.fixture
def browser(chromium: Path) -> Iterator[Browser]:
    """A Chromium of this test's own, without a window and with nothing remembered.

    What is expected of its pages may take `BROWSER_PATIENCE_MS`, not Playwright's 5 seconds.
    """
    expect.set_options(timeout=BROWSER_PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        yield browser
        browser.close()
