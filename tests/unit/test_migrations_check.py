"""`pypot migrate check` names every broken rule and is quiet about good files."""

from pathlib import Path

import pytest

from pypot_cli.migrations.build import add_missing_sums, build
from pypot_cli.migrations.check import check
from pypot_cli.migrations.lint import lint_function, lint_migration
from pypot_cli.migrations.tree import FunctionFile, Migration, Tree

GOOD = """\
-- Locks a pot. Guards: state. Locks: the pot. Writes: pots. Raises: wrong_state.
create or replace function private.f(p_pot_id uuid, p_at timestamptz default null)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_now timestamptz := private.now();
    v_large numeric := 2::numeric ^ 255;
begin
    perform 1 from public.pots as p where p.id = p_pot_id for update;
    perform 1 from public.pots as p where p.id = p_pot_id for no key update of p skip locked;
    update public.pots as p set status = 'locked' where p.id = p_pot_id;
    with gone as (delete from private.a where id = 1 returning id)
    insert into private.b (id) select id from gone
    on conflict (id) do update set id = excluded.id;
    merge into private.a using private.b on a.id = b.id
    when matched then update set n = 1
    when not matched then do nothing;
    raise notice 'delete from t; now() random() when others';
    perform extensions.digest(extensions.gen_random_bytes(32), 'sha256');
exception
    when unique_violation then
        raise;
end $$;

comment on function private.f(uuid, timestamptz) is
'Locks; p_pot_id is a pot.';

revoke all on function private.f(uuid, timestamptz)
from public, anon, authenticated, service_role;
grant execute on function private.f(uuid, timestamptz)
to pot_orchestrator, service_role;
"""


REVOKE = """\
revoke all on function private.f(uuid, timestamptz)
from public, anon, authenticated, service_role;
"""


def findings(text: str, path: str = "supabase/functions/private/pots/f.sql") -> list[str]:
    schema = path.split("/")[2]
    return [str(f) for f in lint_function(FunctionFile(path, f"{schema}.{Path(path).stem}", text))]


def test_a_good_file_has_no_findings() -> None:
    assert findings(GOOD) == []


def body(line: str) -> str:
    return GOOD.replace(
        "    perform 1 from public.pots as p where p.id = p_pot_id for update;", line
    )


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (GOOD.partition("\n")[2], 1, "header comment"),
        (GOOD + "\n", 1, "end with one newline"),
        (GOOD.rstrip("\n"), 1, "end with one newline"),
        (GOOD.replace("or replace ", ""), 1, "without `or replace`"),
        (GOOD.replace("private.f(", "private.g("), 1, "creates private.g, but its path says"),
        (GOOD.replace("set search_path = ''\n", ""), 1, "must declare set search_path = ''"),
        (GOOD.replace("path = ''", "path = public"), 1, "must declare set search_path = ''"),
        (GOOD.replace("volatile\n", ""), 1, "must declare its volatility"),
        (
            GOOD.replace(
                "comment on function private.f(uuid, timestamptz) is\n'Locks; p_pot_id is a pot.';",
                "",
            ),
            1,
            "exactly one `comment on function`",
        ),
        (
            GOOD.replace(REVOKE, ""),
            1,
            "exactly one `revoke all on`",
        ),
        (
            GOOD.replace("from public, anon, authenticated,", "from anon, authenticated,"),
            32,
            "must revoke all from public",
        ),
        (GOOD.replace("to pot_orchestrator", "to public"), 34, "grants to public"),
        (GOOD + "create table x ();\n", 1, "holds 2 create statements"),
        (GOOD + "alter role anon nologin;\n", 36, "something other than private.f"),
        (
            GOOD + "grant execute on function private.g() to anon;\n",
            36,
            "something other than private.f",
        ),
        (GOOD.replace("-- Locks", "-- x\n-- source: y\n-- Locks"), 1, "a section mark"),
        (GOOD.replace("unique_violation", "others"), 25, "`when others`"),
        (body("update public.pots set status = 'open';"), 13, "update without where"),
        (
            body("update only public.pots set status = (select 1 where true);"),
            13,
            "update without where",
        ),
        (body("delete from public.pots;"), 13, "delete without where"),
        (
            body("with x as (delete from a returning 1) select 1 where true;"),
            13,
            "delete without where",
        ),
        (body("v_now := now();"), 13, "the time is private.now()"),
        (body("v_now := pg_catalog.now();"), 13, "the time is private.now()"),
        (body("v_now := current_timestamp;"), 13, "the time is private.now()"),
        (body("v_now := clock_timestamp();"), 13, "the time is private.now()"),
        (body("v_large := random();"), 13, "random() is guessable"),
        (body("perform digest('a', 'sha256');"), 13, "extensions.<name>"),
        (body("perform gen_random_bytes(32);"), 13, "extensions.<name>"),
        (body("declare v_amount numeric; begin end;"), 13, "money is bigint"),
        (GOOD.replace("p_at timestamptz", "p_credits double precision"), 2, "money is bigint"),
        (body("'never closed"), 23, "never closed"),
    ],
)
def test_a_broken_rule_is_named_with_its_line(text: str, line: int, says: str) -> None:
    found = findings(text)
    assert any(f":{line}: " in f and says in f for f in found), found


def test_only_the_clock_may_read_the_clock() -> None:
    text = body("v_now := clock_timestamp();").replace("private.f(", "private.now(")
    assert findings(text, "supabase/functions/private/access/now.sql") == []


def test_a_public_function_must_say_security_invoker() -> None:
    text = GOOD.replace("private.f(", "public.f(")
    path = "supabase/functions/public/f.sql"
    assert findings(text, path) == [f"{path}:1: must declare security invoker"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("begin;\nselect 1;", "`begin`"),
        ("select 1;\ncommit;", "`commit`"),
        ("set search_path = public;", "outlive the migration"),
        ("\\set x 1\nselect 1;", "psql command"),
        ("create or replace function f() returns int language sql as 'select 1';", "one a file"),
        ("update a set b = 1;", "update without where"),
        ("create table t (credits numeric not null);", "money is bigint"),
        ("create table t (entry_cost double precision);", "money is bigint"),
        ("do $$ begin x := random(); end $$;", "random() is guessable"),
        ("select $$ never;", "never closed"),
    ],
)
def test_a_broken_rule_of_a_hand_migration_is_named(text: str, says: str) -> None:
    found = [str(f) for f in lint_migration(Migration("1_a.sql", "1", "a", text))]
    assert any(says in f for f in found), found


def test_grants_triggers_and_policies_are_no_writes() -> None:
    text = """
        grant select, update on t to a; revoke insert, update, delete on t from a;
        grant update (x) on t to a;
        create trigger x before update or delete on t for each row execute function private.f();
        create trigger y before delete or update of a on t execute function private.f();
        create policy p on t for update to a using (true);
        create policy p on t for delete to a using (true);
        create table u (t_id int references t on delete cascade on update restrict);
        create table v (at timestamptz default now());
    """
    assert list(lint_migration(Migration("1_a.sql", "1", "a", text))) == []


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "supabase"
    (root / "migrations").mkdir(parents=True)
    (root / "functions/private/pots").mkdir(parents=True)
    (root / "functions/private/pots/f.sql").write_text(GOOD)
    (root / "migrations/20261122000100_tables.sql").write_text("create schema private;\n")
    add_missing_sums(root)
    build(root, "initial", "20261122000300")
    return root


def messages(root: Path) -> list[str]:
    return [str(f) for f in check(Tree(root))]


def test_a_consistent_tree_passes(root: Path) -> None:
    assert messages(root) == []


def test_an_uncompiled_change_is_found(root: Path) -> None:
    path = root / "functions/private/pots/f.sql"
    path.write_text(GOOD.replace("Locks a pot.", "Locks one pot."))
    assert messages(root) == [
        "supabase/functions/private/pots/f.sql:1: differs from what the migrations hold: "
        "run `pypot migrate build NAME`"
    ]


def test_an_edited_migration_is_found(root: Path) -> None:
    path = root / "migrations/20261122000100_tables.sql"
    path.write_text("create schema private; -- better\n")
    assert len(found := messages(root)) == 1
    assert "was edited after its sum was taken" in found[0]


def test_an_edited_generated_migration_is_found_twice_over(root: Path) -> None:
    path = root / "migrations/20261122000300_functions_initial.sql"
    path.write_text(path.read_text().replace("locked", "settled"))
    found = messages(root)
    assert any("was edited after" in f for f in found)
    assert any("differs from what the migrations hold" in f for f in found)


def test_a_migration_without_a_sum_and_a_sum_without_a_migration_are_found(root: Path) -> None:
    (root / "migrations/20261122000100_tables.sql").rename(
        root / "migrations/20261122000100_renamed.sql"
    )
    found = messages(root)
    assert any("has no line in migrations.sum" in f for f in found)
    assert any("names 20261122000100_tables.sql, which is not among" in f for f in found)


@pytest.mark.parametrize(
    "name", ["1_a.sql", "20261122000500-a.sql", "20261122000500_A.sql", "README"]
)
def test_a_malformed_name_is_found(root: Path, name: str) -> None:
    (root / "migrations" / name).write_text("select 1;\n")
    assert any("is not named" in f for f in messages(root))


def test_two_migrations_of_one_version_are_found(root: Path) -> None:
    (root / "migrations/20261122000100_other.sql").write_text("select 1;\n")
    add_missing_sums(root)
    assert any("has the version of" in f for f in messages(root))


def test_a_hand_made_functions_migration_is_found(root: Path) -> None:
    (root / "migrations/20261122000500_functions_mine.sql").write_text("select 1;\n")
    add_missing_sums(root)
    assert any("go together" in f for f in messages(root))


def test_a_removed_function_file_is_found(root: Path) -> None:
    (root / "functions/private/pots/f.sql").unlink()
    assert any("is gone or renamed" in f for f in messages(root))
