"""The lobby's sources: types that hold, the database's types, and words for all it tells of."""

import re
import subprocess
from pathlib import Path

import pytest

from pypot_cli import web
from pypot_cli.config import ROOT
from tests.security.catalogue import wants_rewrite
from tests.security.test_alert_catalogue import runbook
from tests.support.database import Database

TYPES = web.LOBBY / "src" / "lib" / "database.types.ts"


def test_svelte_check_finds_nothing() -> None:
    web.build()
    done = subprocess.run(
        ["npm", "run", "check"], cwd=web.LOBBY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_desk_has_words_for_every_kind_of_flag_and_alert() -> None:
    words = (web.LOBBY / "src" / "lib" / "texts" / "en.desk.ts").read_text(encoding="utf-8")
    flags, alerts = (
        set(re.findall(r"^ +(\w+):", block, re.MULTILINE))
        for block in re.findall(r"\bkinds: \{\n(.*?)\n +\} as Record", words, re.DOTALL)
    )
    page = (ROOT / "docs" / "collusion.md").read_text(encoding="utf-8")
    kinds = page.partition("\n## Groups that share something\n")[2].partition("\n## Bounds\n")[0]
    # It speaks for players only, and so raises no flag.
    assert flags == set(re.findall(r"^\| `(\w+)` \|", kinds, re.MULTILINE)) - {"no_other_home"}
    assert alerts == set(runbook())


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
