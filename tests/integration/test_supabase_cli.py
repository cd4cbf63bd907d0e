"""The stock Supabase CLI works on the embedded server: the same files, the same history."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pypot_cli.migrations.apply import apply_to
from pypot_cli.migrations.statements import split
from pypot_cli.migrations.tree import default_root, read_migrations
from tests.support.database import Database

VERSIONS = [migration.version for migration in read_migrations(default_root() / "migrations")]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what the CLI reads, so that it leaves its marks elsewhere."""
    shutil.copytree(
        default_root(),
        tmp_path / "supabase",
        ignore=shutil.ignore_patterns(".temp", ".branches"),
    )
    return tmp_path


class Cli:
    """Runs the CLI in a project on one database, with no other network than that."""

    def __init__(self, program: Path, project: Path, db: Database) -> None:
        self.program, self.project, self.url = program, project, db.url("postgres")

    def run(self, *arguments: str) -> str:
        """Standard output of `supabase … --remote=<url>`; fails the test when it fails."""
        env = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("SUPABASE_", "PG"))},
            "DO_NOT_TRACK": "1",
            "HOME": str(self.project),
            # Nothing listens there: a request that is not for the database fails at once.
            "HTTPS_PROXY": "http://127.0.0.1:1",
            "HTTP_PROXY": "http://127.0.0.1:1",
        }
        done = subprocess.run(
            [self.program, *arguments, "--yes", "--agent=no", f"--remote={self.url}"],
            cwd=self.project,
            env=env,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def json(self, *arguments: str) -> Any:
        """The object that `--output-format json` prints."""
        return json.loads(self.run(*arguments, "--output-format", "json"))


@pytest.fixture
def cli(supabase_cli: Path, project: Path, db: Database) -> Cli:
    return Cli(supabase_cli, project, db)


def pending(cli: Cli) -> list[str]:
    listed = cli.json("migration", "list")["migrations"]
    assert [m["local"] for m in listed] == VERSIONS
    return [m["local"] for m in listed if m["remote"] != m["local"]]


@pytest.mark.postgres(17, migrated=False)
def test_db_push_makes_the_database_and_leaves_nothing_pending(cli: Cli, db: Database) -> None:
    assert pending(cli) == VERSIONS
    cli.run("db", "push", "--include-seed")
    assert pending(cli) == []
    # Ours takes what the CLI wrote for its own, text included.
    assert apply_to(db.url("postgres")) == []


@pytest.mark.postgres(17)
def test_after_pypot_applied_them_nothing_is_pending(cli: Cli) -> None:
    assert pending(cli) == []


@pytest.mark.postgres(17, migrated=False)
def test_both_record_the_same_history(cli: Cli, db: Database) -> None:
    cli.run("db", "push")
    with db.connect() as conn:
        by_cli = conn.execute(
            "select version, statements, name from supabase_migrations.schema_migrations"
            " order by version"
        ).fetchall()
    by_pypot = [
        (m.version, [statement.text for statement in split(m.text)], m.name)
        for m in read_migrations(default_root() / "migrations")
    ]
    assert by_cli == by_pypot


@pytest.mark.postgres(17)
def test_the_advisor_finds_no_error_and_no_warning(cli: Cli) -> None:
    found = cli.json("db", "advisors", "--level", "warn")["results"]
    assert [f"{f['level']} {f['name']}: {f['detail']}" for f in found] == []


@pytest.mark.postgres(17)
def test_the_advisor_would_find_one(cli: Cli, db: Database) -> None:
    with db.connect() as conn:
        conn.execute("create table public.rogue (id int primary key)")
        conn.execute("alter function public.get_pot(uuid) reset search_path")
    found = cli.json("db", "advisors", "--level", "warn")["results"]
    assert {f["name"] for f in found} == {"rls_disabled_in_public", "function_search_path_mutable"}


STATUS = 'Database["public"]["Enums"]["pot_status"]'

POT_SUMMARY = {
    "id": "string | null",
    "status": f"{STATUS} | null",
    "paused": "boolean | null",
    "entry_cost": "number | null",
    "max_tickets": "number | null",
    "max_per_user": "number | null",
    "tickets_sold": "number | null",
    "credits_committed": "number | null",
    "participant_count": "number | null",
    "fill_percent": "number | null",
    "draw_version": "number | null",
    "commit_tag": "string | null",
    "commit_hash": "string | null",
    "version": "number | null",
    "created_at": "string | null",
    "locks_at": "string | null",
    "locked_at": "string | null",
    "settled_at": "string | null",
}

POTS_ROW = {
    "cancelled_at": "string | null",
    "commit_hash": "string | null",
    "commit_tag": "string",
    "created_at": "string",
    "draw_version": "number",
    "entries_root": "string | null",
    "entry_cost": "number",
    "id": "string",
    "lock_digest": "string | null",
    "locked_at": "string | null",
    "locks_at": "string",
    "max_per_user": "number",
    "max_tickets": "number",
    "pause_reason": "string | null",
    "paused_at": "string | null",
    "reveal_seed": "string | null",
    "rules_hash": "string",
    "rules_text": "string",
    "settled_at": "string | null",
    "status": STATUS,
    "total_tickets": "number | null",
    "winner_user_id": "string | null",
}

LIST_POTS_ARGS = {
    "after?": "string",
    "max_value?": "number",
    "min_value?": "number",
    "page_size?": "number",
    "status?": STATUS,
}


@pytest.mark.postgres(17)
def test_generated_types_are_exact(cli: Cli) -> None:
    """A client in TypeScript sees the columns, arguments and composite types of the contract."""
    types = cli.run("gen", "types", "typescript", "--schema", "public")
    types = re.sub(r"\s+", " ", types).replace("'", '"')

    assert fields(types, r'CompositeTypes: \{.*?"pot_summary": \{') == POT_SUMMARY
    assert fields(types, r'"pots": \{ Row: \{') == POTS_ROW
    assert fields(types, r'"list_pots": \{ Args: \{') == LIST_POTS_ARGS
    _, _, after_list_pots = types.partition('"list_pots": {')
    returns = re.search(r"Returns: (\S+)", after_list_pots)
    assert returns is not None
    assert returns[1] == 'Database["public"]["CompositeTypes"]["pot_summary"][]'
    assert fields(types, r'"join_pot": \{ Args: \{') == {
        "idempotency_key?": "string",
        "pot_id": "string",
        "ticket_count": "number",
    }
    assert '"pot_status": "open"|"locked"|"settling"|"settled"|"cancelled"' in types
    assert "private" not in types


def fields(types: str, opening: str) -> dict[str, str]:
    """Name, with ? when optional, → type of each member of the braces that `opening` opens."""
    start = re.search(opening, types)
    assert start is not None, opening
    inside = types[start.end() : types.index("}", start.end())]
    members = re.findall(r'"(\w+)"(\??): ([^,]+)', inside)
    return {f"{name}{optional}": kind.strip() for name, optional, kind in members}
