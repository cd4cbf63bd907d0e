"""An object that is made and nothing said of it, in either mode: every check there is turns red.

Each in a database of its own, committed, as a migration of ours would make it. What Supabase's
default privileges then give away is tried, not only read.
"""

from collections.abc import Iterator
from typing import NamedTuple

import psycopg
import pytest

from pypot_cli.db.compat import DefaultPrivileges
from tests.security.catalogue import (
    API_ROLES,
    POT_ROLES,
    attempts,
    difference,
    expected_attempts,
    listed_privileges,
    privileges,
    violations,
)
from tests.security.conftest import MODES
from tests.support.servers import Servers, Template

ROLES = (*API_ROLES, *POT_ROLES)


class Rogue(NamedTuple):
    """What somebody made, the rules that it breaks, and what anon can do with it in each mode."""

    made: str
    rules: set[str]
    done_by_anon: dict[DefaultPrivileges, set[str]]


# Supabase's newer mode leaves these to anon; on PostgreSQL 17 MAINTAIN is among them.
LEFT = {"truncate", "references", "trigger", "maintain"}

ROGUES = {
    "table": Rogue(
        "create table public.rogue (id int primary key)",
        {"01_row_security", "03_only_the_owner_writes", "09_comments"},
        {"classic": {"select", "insert", "update", "delete", *LEFT}, "not_exposed": LEFT},
    ),
    "partition": Rogue(
        """
        create table public.parent (id int) partition by list (id);
        alter table public.parent enable row level security;
        create table public.rogue partition of public.parent for values in (1)
        """,
        {"01_row_security", "03_only_the_owner_writes", "09_comments"},
        {
            "classic": {"select", "insert", "update", "delete", *LEFT} - {"references"},
            "not_exposed": LEFT - {"references"},
        },
    ),
    "view": Rogue(
        "create view public.rogue as select * from private.settings",
        {"02_readable_relations", "03_only_the_owner_writes", "09_comments"},
        {"classic": {"select", "insert", "update", "delete"}, "not_exposed": set()},
    ),
    "materialized view": Rogue(
        "create materialized view public.rogue as select * from private.settings",
        {"02_readable_relations", "03_only_the_owner_writes", "09_comments"},
        {"classic": {"select", "maintain"}, "not_exposed": {"maintain"}},
    ),
    "overload": Rogue(
        "create function public.get_pot(pot_id uuid, rogue int default 1) returns text"
        " language sql as 'select 1::text'",
        {
            "05_search_path",
            "06_no_overloads",
            "07_wrappers",
            "08_execute",
            "09_comments",
            "14_read_committed",
        },
        {"classic": {"execute"}, "not_exposed": {"execute"}},
    ),
    "sequence": Rogue(
        "create sequence public.rogue",
        {"03_only_the_owner_writes"},
        # The right to set a sequence is left to anon, and with it the right to draw from it.
        {"classic": {"usage", "update", "select"}, "not_exposed": {"usage", "update"}},
    ),
    "trigger": Rogue(
        """
        create function private.rogue() returns trigger language plpgsql as 'begin return new; end';
        create trigger rogue before insert on public.pots
        for each row execute function private.rogue()
        """,
        {"05_search_path", "08_execute", "09_comments", "10_triggers"},
        {"classic": {"execute"}, "not_exposed": {"execute"}},
    ),
}


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> DefaultPrivileges:
    mode: DefaultPrivileges = request.param
    return mode


@pytest.fixture
def admin(servers: Servers, mode: DefaultPrivileges) -> Iterator[psycopg.Connection]:
    database = servers.create(Template(17, mode))
    with database.admin() as conn:
        yield conn
    servers.drop(database)


@pytest.mark.parametrize("rogue", ROGUES)
def test_every_check_turns_red(
    admin: psycopg.Connection, mode: DefaultPrivileges, rogue: str
) -> None:
    made, rules, done_by_anon = ROGUES[rogue]
    with admin.transaction():
        admin.execute("set local session authorization postgres")
        admin.execute(made.encode())

    assert {said.split(":")[0] for said in violations(admin)} == rules
    name = "get_pot(uuid,integer)" if rogue == "overload" else "rogue"
    changed = difference(listed_privileges(), privileges(admin)).splitlines()
    assert [line for line in changed if line.startswith("+") and name in line]

    tried = attempts(admin, ROLES, name)
    surprising = tried - expected_attempts(admin, ROLES)
    assert {right[2] for right in surprising if right[3] == "anon"} == done_by_anon[mode]
