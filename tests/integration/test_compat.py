"""The Supabase layer is what Supabase is: roles, defaults, auth, realtime, on 17 and on 15."""

import json
import time
import uuid
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from pypot_cli.config import LOCAL_PASSWORD
from pypot_cli.db import connect
from pypot_cli.db.compat import apply_compat
from pypot_cli.errors import PypotError
from tests.support.database import Database

bare = pytest.mark.postgres(17, 15, migrated=False)
bare_not_exposed = pytest.mark.postgres(17, 15, migrated=False, default_privileges="not_exposed")

TABLE_PRIVILEGES = (
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "TRUNCATE",
    "REFERENCES",
    "TRIGGER",
)

API_ROLES = ("anon", "authenticated", "service_role")

# name: login, inherit, superuser, createdb, createrole, replication, bypassrls
ROLES = {
    "supabase_admin": (True, True, True, True, True, True, True),
    "postgres": (True, True, False, True, True, True, True),
    "anon": (False, True, False, False, False, False, False),
    "authenticated": (False, True, False, False, False, False, False),
    "service_role": (False, True, False, False, False, False, True),
    "authenticator": (True, False, False, False, False, False, False),
    "supabase_auth_admin": (False, False, False, False, False, False, False),
    "supabase_realtime_admin": (False, False, False, False, False, False, False),
    "dashboard_user": (False, True, False, True, True, True, False),
}


def rows(conn: psycopg.Connection[Any], text: str, *values: Any) -> list[tuple[Any, ...]]:
    return conn.execute(text, values).fetchall()


@bare
def test_roles_have_supabases_attributes(db: Database) -> None:
    with db.admin() as conn:
        found = {
            name: tuple(attributes)
            for name, *attributes in rows(
                conn,
                "select rolname, rolcanlogin, rolinherit, rolsuper, rolcreatedb, rolcreaterole,"
                " rolreplication, rolbypassrls from pg_roles where rolname = any(%s)",
                list(ROLES),
            )
        }
    assert found == ROLES


@bare
def test_roles_are_members_of_what_supabase_makes_them(db: Database) -> None:
    with db.admin() as conn:
        found = set(
            rows(
                conn,
                "select member::regrole::text, roleid::regrole::text, admin_option"
                " from pg_auth_members where member::regrole::text = any(%s)"
                " and roleid::regrole::text = any(%s)",
                ["postgres", "authenticator"],
                [*ROLES, "pg_monitor", "pg_read_all_data", "pg_signal_backend"],
            )
        )
    assert found == {
        *(("authenticator", role, False) for role in API_ROLES),
        *(("postgres", role, True) for role in API_ROLES),
        ("postgres", "pg_monitor", False),
        ("postgres", "pg_read_all_data", False),
        ("postgres", "pg_signal_backend", False),
        ("postgres", "supabase_realtime_admin", False),
    }


@bare
def test_timeouts_and_search_path_are_those_of_supabase(db: Database) -> None:
    with db.admin() as conn:
        found = dict(
            rows(conn, "select rolname, rolconfig from pg_roles where rolname = any(%s)", [*ROLES])
        )
    assert found["anon"] == ["statement_timeout=3s"]
    assert found["authenticated"] == ["statement_timeout=8s"]
    assert found["authenticator"] == ["statement_timeout=8s", "lock_timeout=8s"]
    assert found["service_role"] is None
    assert found["postgres"] == ['search_path="$user", public, extensions']


@bare
def test_a_request_has_the_timeout_of_its_role(db: Database) -> None:
    for role, timeout in (("anon", "3s"), ("authenticated", "8s"), ("service_role", "8s")):
        with db.as_role(role) as conn:
            assert rows(
                conn, "select current_user::text, current_setting('statement_timeout')"
            ) == [(role, timeout)]


@bare
def test_schemas_belong_to_those_who_survive_a_reset(db: Database) -> None:
    with db.admin() as conn:
        found = dict(
            rows(
                conn,
                "select nspname, nspowner::regrole::text from pg_namespace"
                " where nspname !~ '^pg_' and nspname <> 'information_schema'",
            )
        )
        assert rows(
            conn,
            "select datdba::regrole::text from pg_database where datname = current_database()",
        ) == [("postgres",)]
    assert found == {
        "public": "pg_database_owner",
        "extensions": "supabase_admin",
        "auth": "supabase_admin",
        "realtime": "supabase_admin",
        "supabase_migrations": "supabase_admin",
    }


@bare
def test_postgres_is_no_superuser_and_bypasses_row_security(db: Database) -> None:
    with db.connect() as conn:
        conn.execute("create schema private")
        conn.execute("create table private.t (a int)")
        conn.execute("alter table private.t force row level security")
        conn.execute("alter table private.t enable row level security")
        conn.execute("insert into private.t values (1)")
        assert rows(conn, "select a from private.t") == [(1,)]
        for forbidden in (
            "create role evil superuser",
            "alter system set fsync = off",
            "copy (select 1) to program 'true'",
        ):
            with pytest.raises(InsufficientPrivilege):
                conn.execute(forbidden)


@bare
def test_postgres_makes_roles_and_hands_the_api_roles_on(db: Database) -> None:
    role = sql.Identifier(f"made_{uuid.uuid4().hex[:8]}")
    with db.connect() as conn:
        conn.execute(sql.SQL("create role {} nologin").format(role))
        conn.execute(sql.SQL("grant {} to authenticator, service_role").format(role))
        conn.execute(sql.SQL("grant authenticated to {}").format(role))
        conn.execute(sql.SQL("drop role {}").format(role))


@bare
def test_postgres_cannot_grant_usage_on_schema_auth(db: Database) -> None:
    notices: list[str] = []
    role = f"guest_{uuid.uuid4().hex[:8]}"
    with db.connect() as conn:
        conn.add_notice_handler(lambda n: notices.append(str(n.severity_nonlocalized)))
        conn.execute(sql.SQL("create role {}").format(sql.Identifier(role)))
        conn.execute(sql.SQL("grant usage on schema auth to {}").format(sql.Identifier(role)))
        granted = rows(conn, "select has_schema_privilege(%s, 'auth', 'usage')", role)
        conn.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))
    assert notices == ["WARNING"]
    assert granted == [(False,)]


@bare
def test_pgcrypto_is_in_extensions_for_everybody(db: Database) -> None:
    with db.as_role("anon") as conn:
        found = rows(conn, "select encode(extensions.digest('abc', 'sha256'), 'hex')")
    assert found == [("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",)]


@bare
def test_auth_functions_read_single_claims_before_the_object(db: Database) -> None:
    user, other = uuid.uuid4(), uuid.uuid4()
    claims = {"sub": str(user), "email": "a@example.com", "app_metadata": {"x": 1}}
    text = "select auth.uid(), auth.role(), auth.email(), auth.jwt()"
    with db.as_role("authenticated", claims) as conn:
        assert rows(conn, text) == [
            (user, "authenticated", "a@example.com", {**claims, "role": "authenticated"})
        ]
        for name, value in (("sub", str(other)), ("role", "anon"), ("email", "b@example.com")):
            conn.execute("select set_config(%s, %s, true)", [f"request.jwt.claim.{name}", value])
        assert rows(conn, text)[0][:3] == (other, "anon", "b@example.com")
    with db.connect() as conn:
        assert rows(conn, text) == [(None, None, None, None)]
        assert rows(
            conn,
            "select distinct provolatile::text, prosecdef, lanname::text, p.proacl::text"
            " like '%%{=X/%%' from pg_proc p join pg_language l on l.oid = p.prolang"
            " where pronamespace = 'auth'::regnamespace",
        ) == [("s", False, "sql", True)]


@bare
def test_users_are_gotrues_and_closed_to_the_api(db: Database) -> None:
    user = db.make_user("someone@example.com")
    with db.connect() as conn:
        found = rows(
            conn,
            "select email, aud, is_anonymous, is_sso_user, banned_until, deleted_at, confirmed_at"
            " is not null from auth.users where id = %s",
            user,
        )
        assert rows(
            conn,
            "select relowner::regrole::text, relrowsecurity from pg_class"
            " where oid = 'auth.users'::regclass",
        ) == [("supabase_auth_admin", True)]
    assert found == [("someone@example.com", "authenticated", False, False, None, None, True)]
    for role in API_ROLES:
        with pytest.raises(InsufficientPrivilege), db.as_role(role) as conn:
            conn.execute("select from auth.users")
    with pytest.raises(psycopg.errors.UniqueViolation):
        db.make_user("someone@example.com")
    db.make_user("someone@example.com", is_sso_user=True)


@bare
def test_messages_are_partitioned_with_one_default_partition(db: Database) -> None:
    with db.admin() as conn:
        assert rows(
            conn,
            "select relkind::text, relrowsecurity, relowner::regrole::text from pg_class"
            " where oid in ('realtime.messages'::regclass, 'realtime.messages_default'::regclass)"
            " order by relkind",
        ) == [
            ("p", True, "supabase_realtime_admin"),
            ("r", True, "supabase_realtime_admin"),
        ]
        assert rows(
            conn,
            "select a.attname::text, format_type(a.atttypid, null) from pg_attribute a"
            " where a.attrelid = 'realtime.messages'::regclass and a.attnum > 0 order by a.attnum",
        ) == [
            ("topic", "text"),
            ("extension", "text"),
            ("payload", "jsonb"),
            ("event", "text"),
            ("private", "boolean"),
            ("updated_at", "timestamp without time zone"),
            ("inserted_at", "timestamp without time zone"),
            ("id", "uuid"),
            ("binary_payload", "bytea"),
        ]
        assert rows(
            conn,
            "select grantee, string_agg(privilege_type, ' ' order by privilege_type)"
            " from information_schema.role_table_grants where table_schema = 'realtime'"
            " and table_name = 'messages' and grantee = any(%s) group by grantee order by grantee",
            list(API_ROLES),
        ) == [(role, "INSERT SELECT UPDATE") for role in API_ROLES]


@bare
def test_a_migration_may_make_policies_on_messages_but_no_trigger(db: Database) -> None:
    with db.connect() as conn:
        conn.execute("create policy p on realtime.messages for select to anon using (true)")
        conn.execute("create function public.f() returns trigger language plpgsql as 'begin end'")
        for role in API_ROLES:
            assert rows(
                conn, "select has_schema_privilege(%s, 'realtime', 'usage, create')", role
            ) == [(True,)]
            assert rows(conn, "select has_schema_privilege(%s, 'realtime', 'create')", role) == [
                (False,)
            ]


@bare
def test_send_adds_the_id_and_tells_listeners_nothing_else(db: Database) -> None:
    with db.connect() as listener, db.connect() as conn:
        listener.execute("select realtime.listen()")
        conn.execute("""select realtime.send('{"a": 1}', 'joined', 'pots:lobby')""")
        conn.execute("""select realtime.send('{"a": 1, "id": 7}', 'e', 't', false)""")
        found = rows(
            conn,
            "select id, topic, extension, event, private, payload from realtime.messages"
            " order by topic",
        )
        told = [n.payload for n in listener.notifies(timeout=30, stop_after=2)]
    (first, *rest), second = found
    assert rest == ["pots:lobby", "broadcast", "joined", True, {"a": 1, "id": str(first)}]
    assert second[1:] == ("t", "broadcast", "e", False, {"a": 1, "id": 7})
    assert told == [str(first), str(second[0])]


@bare
def test_nothing_is_notified_while_nobody_listens(db: Database) -> None:
    with db.connect() as eavesdropper, db.connect() as conn:
        eavesdropper.execute("listen realtime_messages")
        conn.execute("select realtime.send('{}', 'silent', 't')")
        with db.connect() as listener:
            listener.execute("select realtime.listen()")
        conn.execute("select realtime.send('{}', 'heard', 't')")
        told = [n.payload for n in eavesdropper.notifies(timeout=30, stop_after=1)]
        assert rows(conn, "select id::text from realtime.messages where event = 'heard'") == [
            (told[0],)
        ]
        # Whoever calls next removes those who have gone, once their backends have ended.
        with db.admin() as admin:
            deadline = time.monotonic() + 30
            while rows(admin, "select count(*) from realtime.listeners") != [(1,)]:
                assert time.monotonic() < deadline
                time.sleep(0.05)
                conn.execute("select realtime.listen()")
    for role in API_ROLES:
        with pytest.raises(InsufficientPrivilege), db.as_role(role) as request:
            request.execute("select realtime.listen()")


@bare
def test_send_turns_every_error_into_a_warning(db: Database) -> None:
    notices: list[str] = []
    with db.as_role("authenticated") as conn:
        conn.add_notice_handler(lambda n: notices.append(str(n.message_primary)))
        conn.execute("select realtime.send('{}', 'e', 't')")
        assert rows(conn, "select 1") == [(1,)]
    assert len(notices) == 1
    assert notices[0].startswith("ErrorSendingBroadcastMessage: new row violates row-level")
    with db.admin() as conn:
        assert rows(conn, "select from realtime.messages") == []


@bare
def test_topic_is_that_of_the_authorisation(db: Database) -> None:
    with db.connect(autocommit=False) as conn:
        assert rows(conn, "select realtime.topic()") == [(None,)]
        conn.execute("select set_config('realtime.topic', 'pots:lobby', true)")
        assert rows(conn, "select realtime.topic()") == [("pots:lobby",)]


@bare
def test_broadcast_changes_sends_both_rows(db: Database) -> None:
    with db.connect() as conn:
        conn.execute("create table public.t (a int)")
        conn.execute(
            "create function public.tg() returns trigger language plpgsql as $$ begin perform"
            " realtime.broadcast_changes('topic', tg_op, tg_op, tg_table_name, tg_table_schema,"
            " new, old); return null; end $$"
        )
        conn.execute(
            "create trigger t after insert or update on public.t"
            " for each row execute function public.tg()"
        )
        conn.execute("insert into public.t values (1)")
        conn.execute("update public.t set a = 2 where a = 1")
        payloads = rows(conn, "select event, payload - 'id' from realtime.messages order by event")
        with pytest.raises(psycopg.errors.RaiseException, match="Unexpected operation type"):
            conn.execute(
                "select realtime.broadcast_changes('t', 'e', 'TRUNCATE', 't', 's',"
                " null::record, null::record)"
            )
    base = {"schema": "public", "table": "t"}
    assert payloads == [
        ("INSERT", {**base, "operation": "INSERT", "record": {"a": 1}, "old_record": None}),
        ("UPDATE", {**base, "operation": "UPDATE", "record": {"a": 2}, "old_record": {"a": 1}}),
    ]


def privileges_of_new_objects(db: Database) -> dict[str, set[str]]:
    """Role -> what it may do with a table, a sequence and a function that postgres just made."""
    objects = (
        ("table", "public.new_table", TABLE_PRIVILEGES),
        ("sequence", "public.new_sequence", ("USAGE", "SELECT", "UPDATE")),
        ("function", "public.new_function()", ("EXECUTE",)),
    )
    with db.connect() as conn:
        conn.execute("create table public.new_table (a int)")
        conn.execute("create sequence public.new_sequence")
        conn.execute("create function public.new_function() returns int return 1")
        return {
            role: {
                f"{kind} {privilege}"
                for kind, name, privileges in objects
                for privilege in privileges
                if rows(conn, f"select has_{kind}_privilege(%s, %s, %s)", role, name, privilege)
                == [(True,)]
            }
            for role in API_ROLES
        }


@bare
def test_classic_mode_grants_everything_on_what_is_new(db: Database) -> None:
    everything = {
        *(
            f"table {p}"
            for p in ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]
        ),
        *(f"sequence {p}" for p in ("USAGE", "SELECT", "UPDATE")),
        "function EXECUTE",
    }
    assert privileges_of_new_objects(db) == dict.fromkeys(API_ROLES, everything)


@bare_not_exposed
def test_not_exposed_mode_leaves_what_supabase_leaves(db: Database) -> None:
    left = {
        *(f"table {p}" for p in ("TRUNCATE", "REFERENCES", "TRIGGER")),
        "sequence UPDATE",
        "function EXECUTE",
    }
    assert privileges_of_new_objects(db) == dict.fromkeys(API_ROLES, left)
    with db.connect() as conn:
        # What is left of EXECUTE comes through PUBLIC alone.
        conn.execute("revoke execute on function public.new_function() from public")
        for role in API_ROLES:
            assert rows(
                conn, "select has_function_privilege(%s, 'public.new_function()', 'execute')", role
            ) == [(False,)]


@bare
def test_applied_again_it_changes_nothing(db: Database) -> None:
    with connect(db.url("supabase_admin")) as conn:
        assert apply_compat(conn, LOCAL_PASSWORD) == []


@bare
def test_only_what_is_absent_is_made(db: Database) -> None:
    with db.admin() as conn:
        conn.execute("drop schema realtime cascade")
        conn.execute("create or replace function auth.role() returns text return 'theirs'")
    with connect(db.url("supabase_admin")) as conn:
        assert apply_compat(conn, LOCAL_PASSWORD) == ["40_realtime.sql"]
        assert rows(conn, "select auth.role()") == [("theirs",)]


@bare
def test_it_asks_for_a_superuser_when_something_is_missing(db: Database) -> None:
    with db.admin() as conn:
        conn.execute("drop schema realtime cascade")
    with connect(db.url()) as conn, pytest.raises(PypotError, match="needs a superuser"):
        apply_compat(conn, None)


@bare
def test_the_history_is_one_the_supabase_cli_can_alter(db: Database) -> None:
    with db.connect() as conn:
        conn.execute(
            "alter table supabase_migrations.schema_migrations add column if not exists name text"
        )
        conn.execute(
            "insert into supabase_migrations.schema_migrations values (%s, %s, %s)",
            ["20260101000000", ["select 1"], "first"],
        )
        conn.execute("truncate supabase_migrations.schema_migrations restart identity")


@bare
def test_a_request_leaves_nothing_on_its_connection(db: Database) -> None:
    from pypot_cli.db.request import api_request

    timeouts = "select current_setting('statement_timeout'), current_setting('lock_timeout')"
    with db.connect("authenticator") as conn:
        before = rows(conn, timeouts)
        with api_request(conn, "anon"):
            assert rows(conn, timeouts) != before
        assert rows(conn, timeouts) == before
        with api_request(conn, "authenticated", {"sub": str(uuid.uuid4())}, headers={"A": "b"}):
            assert json.loads(rows(conn, "select current_setting('request.headers')")[0][0]) == {
                "a": "b"
            }
        assert rows(
            conn,
            "select current_user::text, coalesce(current_setting('request.jwt.claims', true), '')",
        ) == [("authenticator", "")]
        with (
            api_request(conn, "anon", method="GET"),
            pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
        ):
            conn.execute("create table public.t ()")
