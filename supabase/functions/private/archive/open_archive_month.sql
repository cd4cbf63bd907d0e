-- Makes the partitions that the pots of a month are kept in, when they are not there yet. They are
-- attached and not made in place, so that who reads the archive is not waited for.
--
-- Locks: the archive's; the partitioned tables against others who do the same.
-- Writes: archive_months; five partitions.
-- Raises: busy (a transaction of one snapshot), wrong_state (the month was detached).
create or replace function private.open_archive_month(p_month date)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_table text;
    v_name text;
begin
    perform private.require_given('month', p_month::text);
    perform private.require_read_committed();
    perform pg_advisory_xact_lock(hashtextextended('pots/archive', 0));
    insert into private.archive_months (month, opened_at)
    values (p_month, private.now())
    on conflict (month) do nothing;
    if exists (
        select
        from private.archive_months as m
        where m.month = p_month and m.detached_at is not null
    ) then
        perform private.fail('wrong_state', '{"status": "detached"}');
    end if;
    foreach v_table in array private.archive_tables() loop
        v_name := private.archive_partition(v_table, p_month);
        continue when to_regclass('private.' || v_name) is not null;
        execute format(
            'create table private.%1$I (like private.%2$I including comments including storage, '
            'constraint %1$I check (month = %3$L::date))',
            v_name, v_table, p_month
        );
        execute format('alter table private.%I enable row level security', v_name);
        execute format(
            'create policy %1$I on private.%1$I for all to public '
            'using (false) with check (false)',
            v_name
        );
        execute format(
            'revoke all on private.%I from public, anon, authenticated, service_role, '
            'pot_orchestrator, pot_settlement, pot_beacon, pot_compliance, pot_treasury, '
            'pot_events, pot_webhooks',
            v_name
        );
        execute format(
            'alter table private.%I attach partition private.%I for values in (%L)',
            v_table, v_name, p_month
        );
        execute format(
            'create trigger tg_%1$s__not_truncated before truncate on private.%1$I '
            'for each statement execute function private.tg_append_only()',
            v_name
        );
        execute format(
            'alter table private.%1$I enable always trigger tg_%1$s__not_truncated', v_name
        );
    end loop;
end $$;

comment on function private.open_archive_month(date) is
'Makes the partitions of a month, when they are not there yet.';

revoke all on function private.open_archive_month(date)
from public, anon, authenticated, service_role;
