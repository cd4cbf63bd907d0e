"""The lobby's sources: types that hold, and database types that are the database's."""

import subprocess
from pathlib import Path

import pytest

from pypot_cli import web
from tests.security.catalogue import wants_rewrite
from tests.support.database import Database

TYPES = web.LOBBY / "src" / "lib" / "database.types.ts"


def test_svelte_check_finds_nothing() -> None:
    web.build()
    done = subprocess.run(
        ["npm", "run", "check"], cwd=web.LOBBY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.postgres(17)
def test_the_database_types_are_the_databases(db: Database, supabase_cli: Path) -> None:
    """PYPOT_UPDATE_LISTS=1 writes them anew."""
    done = subprocess.run(
        [
            *(supabase_cli, "gen", "types", "typescript", "--schema", "public"),
            *("--db-url", f"{db.url()}?sslmode=disable"),
        ],
        env={"DO_NOT_TRACK": "1", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    if done.stdout != TYPES.read_text(encoding="utf-8") and wants_rewrite():
        TYPES.write_text(done.stdout, encoding="utf-8")
        pytest.fail(f"{TYPES.name} is rewritten; run svelte-check and this again")
    assert done.stdout == TYPES.read_text(encoding="utf-8")
