"""plpgsql_check, which reads the bodies that sqlfluff does not, finds nothing."""

import psycopg
import pytest

from tests.security.catalogue import HERE, column
from tests.security.conftest import TEMPLATES

CHECK = HERE / "plpgsql_check.sql"

pytestmark = pytest.mark.parametrize(
    "admin", [t for t in TEMPLATES if t.major == 15][:1], indirect=True
)


def test_every_body_is_sound(admin: psycopg.Connection) -> None:
    assert column(admin, CHECK) == []


@pytest.mark.parametrize(
    ("name", "returns", "body", "says"),
    [
        ("rogue", "int", "begin return nonsense; end", 'column "nonsense" does not exist'),
        ("rogue", "void", "declare v int; begin end", "unused variable"),
        ("tg_rogue", "trigger", "begin new.nonsense := 1; return new; end", "nonsense"),
    ],
)
def test_an_unsound_body_is_found(
    admin: psycopg.Connection, name: str, returns: str, body: str, says: str
) -> None:
    admin.execute(
        f"create function private.{name}() returns {returns} language plpgsql"
        f" set search_path = '' as $$ {body} $$".encode()
    )
    if returns == "trigger":
        admin.execute(
            "create trigger tg_settings__rogue before update on private.settings"
            " for each row execute function private.tg_rogue()"
        )
    assert any(f"private.{name}()" in line and says in line for line in column(admin, CHECK))
