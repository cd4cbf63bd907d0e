"""Rules over the whole catalogue, so that the next object is covered without anyone remembering."""

import psycopg
import pytest

from tests.security.catalogue import (
    API_ROLES,
    HERE,
    POT_ROLES,
    RULES,
    column,
    listed_public_functions,
)


@pytest.mark.parametrize("rule", [rule.stem for rule in RULES])
def test_no_object_breaks_the_rule(admin: psycopg.Connection, rule: str) -> None:
    assert column(admin, HERE / "rules" / f"{rule}.sql") == []


def test_the_public_functions_are_those_of_the_contract(admin: psycopg.Connection) -> None:
    found = column(admin, HERE / "public_functions.sql")
    assert found == sorted(listed_public_functions())


def test_each_public_function_is_for_its_role_and_no_lesser_one(admin: psycopg.Connection) -> None:
    may_execute = {
        "anon": {"anon", "authenticated", "service_role"},
        "authenticated": {"authenticated", "service_role"},
        **{role: {role, "service_role"} for role in (*POT_ROLES, "service_role")},
    }
    # Readers of what everybody may read are open to the services too, except to those that only
    # grant or forward.
    may_execute["anon"] |= set(POT_ROLES) - {"pot_treasury", "pot_events", "pot_webhooks"}
    # Whoever claims deliveries reads the secrets that sign them.
    may_execute["pot_webhooks"] = {"pot_webhooks"}
    # Both services can finish a draw too, so that no outside party can sit on a result.
    may_execute["pot_beacon"] |= {"pot_orchestrator", "pot_settlement"}
    # What leaves the database compliance may read where it is.
    readers_of_events = {"read_events", "list_event_consumers", "metric_snapshot"}
    for line, role in listed_public_functions().items():
        name = line.split("  ")[1].split("(")[0]
        found = {
            row[0]
            for row in admin.execute(
                "select r.rolname from pg_roles as r, pg_proc as f"
                " where f.pronamespace = 'public'::regnamespace and f.proname = %s"
                " and r.rolname = any(%s) and has_function_privilege(r.oid, f.oid, 'execute')",
                (name, [*API_ROLES, *POT_ROLES]),
            )
        }
        expected = may_execute[role] | ({"pot_compliance"} if name in readers_of_events else set())
        assert found == expected, name
