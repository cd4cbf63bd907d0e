"""Every verb is tried on every object as every role: what is done is what privileges.txt lists."""

import psycopg
import pytest

from tests.security.catalogue import API_ROLES, POT_ROLES, attempts, expected_attempts

ROLES = (*API_ROLES, *POT_ROLES)


def test_every_role_does_what_is_listed_and_nothing_else(admin: psycopg.Connection) -> None:
    done = attempts(admin, ROLES)
    expected = expected_attempts(admin, ROLES)
    assert len(expected) > 500
    assert sorted(done - expected) == []
    assert sorted(expected - done) == []


def test_nobody_copies_into_a_table(admin: psycopg.Connection) -> None:
    """COPY cannot be tried from inside the server."""
    tables = admin.execute(
        "select oid::regclass::text from pg_class where relkind in ('r', 'p')"
        " and relnamespace in ('public'::regnamespace, 'private'::regnamespace)"
    ).fetchall()
    for role in ROLES:
        for (table,) in tables:
            with admin.transaction(force_rollback=True):
                admin.execute(f"set local role {role}".encode())
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    admin.execute(f"copy {table} from stdin".encode())
