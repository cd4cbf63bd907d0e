"""`pypot migrate …` in a copy of the checkout: what it prints, and its exit codes."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pypot_cli.migrations.tree import default_root
from tests.support.database import Database

REPOSITORY = default_root().parent


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for part in ("pypot_cli", "supabase"):
        shutil.copytree(
            REPOSITORY / part,
            tmp_path / part,
            ignore=shutil.ignore_patterns("__pycache__", ".temp", ".branches"),
        )
    return tmp_path


def pypot(checkout: Path, *arguments: str, **given: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYPOT_")} | given
    return subprocess.run(
        [sys.executable, "-m", "pypot_cli", "migrate", *arguments],
        cwd=checkout,
        env={**env, "PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_checkout_agrees_with_itself(checkout: Path) -> None:
    done = pypot(checkout, "check")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout.endswith(" function files agree\n")


def test_there_is_nothing_to_build(checkout: Path) -> None:
    done = pypot(checkout, "build", "nothing")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("nothing to do")


def test_a_change_is_found_built_and_then_agrees(checkout: Path) -> None:
    file = checkout / "supabase/functions/private/access/now.sql"
    file.write_text(file.read_text().replace("-- ", "-- Changed: ", 1))

    found = pypot(checkout, "check", "--json")
    assert found.returncode == 1
    assert json.loads(found.stdout) == {
        "ok": False,
        "findings": [
            {
                "path": "supabase/functions/private/access/now.sql",
                "line": 1,
                "message": "differs from what the migrations hold: run `pypot migrate build NAME`",
            }
        ],
    }

    built = pypot(checkout, "build", "a_change", "--at", "20990101000000")
    assert (built.returncode, built.stderr) == (0, "")
    assert built.stdout.splitlines() == [
        "supabase/functions/private/access/now.sql",
        "supabase/migrations/20990101000000_functions_a_change.sql: 1 functions",
    ]
    assert json.loads(pypot(checkout, "check", "--json").stdout) == {"ok": True, "findings": []}


def test_a_changed_signature_is_one_clear_line_and_exit_1(checkout: Path) -> None:
    file = checkout / "supabase/functions/private/access/now.sql"
    file.write_text(file.read_text().replace("private.now()", "private.now(p_zone text)"))
    done = pypot(checkout, "build", "zone")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "pypot: supabase/functions/private/access/now.sql: its arguments changed; write a hand "
        "migration with `drop function private.now();` first\n"
    )


def test_the_sum_of_a_hand_migration_is_added(checkout: Path) -> None:
    (checkout / "supabase/migrations/20990101000000_more.sql").write_text("select 1;\n")
    assert pypot(checkout, "check").returncode == 1
    added = pypot(checkout, "sum")
    assert added.stdout == "20990101000000_more.sql\n1 sums added\n"
    assert pypot(checkout, "check").returncode == 0


@pytest.mark.postgres(17, migrated=False)
def test_apply_says_what_it_applied(checkout: Path, db: Database) -> None:
    first = pypot(checkout, "apply", "--db", db.url(), "--json")
    assert (first.returncode, first.stderr) == (0, "")
    assert len(json.loads(first.stdout)["applied"]) >= 4
    again = pypot(checkout, "apply", PYPOT_DB_URL=db.url())
    assert again.stdout == "nothing pending\n"


def test_apply_without_a_database_is_one_line_and_exit_1(checkout: Path) -> None:
    done = pypot(checkout, "apply", "--db", "postgresql://postgres@127.0.0.1:1/postgres")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("pypot: no connection to the database: ")
    assert len(done.stderr.splitlines()) == 1


def test_apply_without_a_url_is_meant_for_the_database_of_the_checkout(checkout: Path) -> None:
    done = pypot(checkout, "apply")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (f"pypot: no server runs in {checkout}/.pypot/db: run pypot db up\n")
