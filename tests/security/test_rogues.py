"""Each rule and list is once seen red: an object that nobody decided about does not pass."""

import psycopg
import pytest

from tests.security.catalogue import (
    RULES,
    difference,
    listed_privileges,
    privileges,
    violations,
)
from tests.security.conftest import TEMPLATES

FUNCTION = "language sql stable set search_path = '' as 'select 1'"
REVOKE = "from public, anon, authenticated, service_role"

# What somebody did as role postgres → the rule that says so, and what the list says (None: the
# rule alone sees it).
ROGUES = {
    "a table": (
        "create table public.rogue (id int)",
        "01_row_security: public.rogue has no row security",
        "+table public.rogue",
    ),
    "a partition": (
        """
        create table private.parent (id int) partition by list (id);
        alter table private.parent enable row level security;
        create table private.rogue partition of private.parent for values in (1)
        """,
        "01_row_security: private.rogue has no row security",
        "+table private.rogue  -",
    ),
    "row security switched off": (
        "alter table public.pots disable row level security",
        "01_row_security: public.pots has no row security",
        None,
    ),
    "a view": (
        "create view public.rogue as select * from private.settings",
        "02_readable_relations: public.rogue is a view with its owner's rights",
        "+view public.rogue",
    ),
    "a materialized view": (
        "create materialized view private.rogue as select * from private.settings;"
        "grant select on private.rogue to anon",
        "02_readable_relations: private.rogue is readable by anon",
        "+materialized view private.rogue  select  anon",
    ),
    "a grant to write": (
        "grant insert on private.wallets to service_role",
        "03_only_the_owner_writes: service_role may insert on private.wallets",
        "+table private.wallets  insert  service_role",
    ),
    "a grant to truncate": (
        "grant truncate on public.pots to anon",
        "03_only_the_owner_writes: anon may truncate on public.pots",
        "+table public.pots  truncate  anon",
    ),
    "a grant on a column": (
        "grant update (status) on public.pots to authenticated",
        "03_only_the_owner_writes: authenticated may update on public.pots",
        "+column public.pots.status  update  authenticated",
    ),
    "a grant to everybody": (
        "grant select on private.signing_keys to public",
        None,
        "+table private.signing_keys  select  everybody",
    ),
    "a hidden column shown": (
        "grant select (winner_user_id) on public.pots to anon",
        None,
        "+column public.pots.winner_user_id  select  anon",
    ),
    "a sequence": (
        "create sequence public.rogue; grant usage on sequence public.rogue to anon",
        "03_only_the_owner_writes: anon may use public.rogue",
        "+sequence public.rogue",
    ),
    "another owner": (
        "create role rogue; grant rogue to postgres; grant create on schema private to rogue;"
        "alter table private.settings owner to rogue",
        "04_one_owner: private.settings belongs to rogue",
        None,
    ),
    "a search_path lost": (
        "alter function public.get_pot(uuid) reset all",
        "05_search_path: public.get_pot(uuid) has no empty search_path",
        None,
    ),
    "an overload": (
        f"create function public.get_pot(pot_id uuid, more int default 1) returns int {FUNCTION}",
        "06_no_overloads: public.get_pot has 2 signatures",
        "+function public.get_pot(uuid,integer)",
    ),
    "a definer in the exposed schema": (
        "alter function public.get_pot(uuid) security definer",
        "07_wrappers: public.get_pot(uuid) is SECURITY DEFINER in an exposed schema",
        None,
    ),
    "a definer's rights lost": (
        "alter function private.get_pot(uuid) security invoker",
        "07_wrappers: public.get_pot(uuid) calls a counterpart that is not SECURITY DEFINER",
        None,
    ),
    "a volatility lost": (
        "alter function public.get_pot(uuid) volatile",
        "07_wrappers: public.get_pot(uuid) differs from its counterpart in volatility",
        None,
    ),
    "a wrapper of nothing": (
        f"create function public.rogue() returns int {FUNCTION}",
        "07_wrappers: public.rogue() has no counterpart in private",
        "+function public.rogue()  execute",
    ),
    "a function open to everybody": (
        f"create function private.rogue() returns int {FUNCTION}",
        "08_execute: everybody may execute private.rogue()",
        "+function private.rogue()  execute  everybody",
    ),
    "a helper open to a caller": (
        "grant execute on function private.now() to anon",
        "08_execute: anon may execute private.now(), which no function or policy of its calls",
        "+function private.now()  execute  anon",
    ),
    "a wrapper without its other half": (
        "revoke execute on function private.get_pot(uuid) from anon",
        "08_execute: anon may execute public.get_pot(uuid) but not private.get_pot",
        "-function private.get_pot(uuid)  execute  anon",
    ),
    "a function without a comment": (
        f"create function private.rogue() returns int {FUNCTION};"
        f"revoke all on function private.rogue() {REVOKE}",
        "09_comments: function private.rogue() has no comment",
        "+function private.rogue()  -",
    ),
    "a column without a comment": (
        "alter table public.pots add column rogue int",
        "09_comments: column public.pots.rogue has no comment",
        None,
    ),
    "a type": (
        "create type public.rogue as enum ('a')",
        "09_comments: type public.rogue has no comment",
        "+type public.rogue",
    ),
    "a trigger": (
        "create trigger rogue before insert on private.settings"
        " for each row execute function private.tg_append_only()",
        "10_triggers: trigger rogue on private.settings is not named tg_<table>__<task>",
        "+trigger rogue on private.settings  private.tg_append_only()",
    ),
    "a trigger switched off": (
        "alter table public.pots_audit disable trigger user",
        "10_triggers: trigger tg_pots_audit__append_only on public.pots_audit is not ENABLE ALWAYS",
        None,
    ),
    "a trigger that a replica's session bypasses": (
        "alter table private.wallets enable trigger tg_wallets__explained",
        "10_triggers: trigger tg_wallets__explained on private.wallets is not ENABLE ALWAYS",
        None,
    ),
    "a policy to write": (
        "create policy rogue on public.pots for update to authenticated using (true)",
        "11_policies: policy rogue on public.pots lets somebody write",
        "+policy rogue on public.pots  authenticated  write",
    ),
    "a second policy": (
        "create policy rogue on public.pot_entries for select to authenticated using (true)",
        "11_policies: public.pot_entries has several permissive policies for one command",
        "+policy rogue on public.pot_entries  authenticated  select",
    ),
    "a policy that asks once a row": (
        "create policy rogue on public.pot_entries as restrictive for select to authenticated"
        " using (user_id = auth.uid())",
        "11_policies: policy rogue on public.pot_entries calls auth once a row",
        "+policy rogue on public.pot_entries  authenticated  select restrictive",
    ),
    "a policy to send": (
        "create policy rogue on realtime.messages for insert to authenticated with check (true)",
        None,
        "+policy rogue on realtime.messages  authenticated  write",
    ),
    "a schema open to creators": (
        "grant create on schema private to authenticated",
        "12_schemas: authenticated may create in private",
        "+schema private  create  authenticated",
    ),
    "a role that logs in": (
        "alter role pot_treasury login",
        "13_roles: role pot_treasury has an attribute that a caller must not have",
        None,
    ),
    "a membership": (
        "grant pot_treasury to authenticated",
        "13_roles: role pot_treasury has a member that it should not have",
        "+role authenticated  member of pot_treasury",
    ),
    "a right to temporary objects": (
        "do $$ begin execute format('grant temporary on database %I to anon', current_database());"
        " end $$",
        "15_no_temporary_objects: anon may make temporary objects",
        None,
    ),
    "a writer in any isolation": (
        "create or replace function private.claim_settlement(p_pot_id uuid) returns jsonb"
        " language sql volatile security definer set search_path = '' as 'select null::jsonb'",
        "14_read_committed: private.claim_settlement(uuid) does not require read committed",
        None,
    ),
}


def test_nothing_is_red_to_begin_with(admin: psycopg.Connection) -> None:
    assert violations(admin) == []
    assert difference(listed_privileges(), privileges(admin)) == ""


@pytest.mark.parametrize("admin", TEMPLATES[:1], indirect=True)
@pytest.mark.parametrize("rogue", list(ROGUES))
def test_it_is_seen(admin: psycopg.Connection, rogue: str) -> None:
    statements, broken_rule, listed = ROGUES[rogue]
    admin.execute("set local session authorization postgres")
    admin.execute(statements.encode())
    admin.execute("reset session authorization")
    if broken_rule is not None:
        assert broken_rule in violations(admin)
    if listed is not None:
        changed = difference(listed_privileges(), privileges(admin)).splitlines()
        assert [line for line in changed if line.startswith(listed)], changed


def test_every_rule_is_seen_red_by_some_rogue() -> None:
    seen = {rule.split(":")[0] for _, rule, _ in ROGUES.values() if rule is not None}
    assert seen == {rule.stem for rule in RULES}
