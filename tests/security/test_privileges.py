"""The privileges of every role on every object are those that privileges.txt lists."""

import psycopg
import pytest

from tests.security.catalogue import (
    difference,
    listed_privileges,
    privileges,
    rewrite_privileges,
    wants_rewrite,
)


def test_privileges_are_those_listed(admin: psycopg.Connection) -> None:
    found = privileges(admin)
    changed = difference(listed_privileges(), found)
    if changed and wants_rewrite():
        rewrite_privileges(found)
        pytest.fail(f"privileges.txt is rewritten; review and run again:\n{changed}")
    assert not changed, f"PYPOT_UPDATE_LISTS=1 rewrites the list:\n{changed}"
