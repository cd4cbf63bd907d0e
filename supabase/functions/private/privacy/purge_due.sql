-- A piece of private.purge_expired, at most once an hour while there is nothing left to forget.
--
-- Locks: the row of private.retention, skipped when somebody else forgets; as
-- private.purge_expired.
-- Writes: as private.purge_expired; retention (when to come again).
create or replace function private.purge_due()
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
    -- Few enough for the time that a statement of the orchestrator's may take.
    c_rows constant integer := 2000;
    v_at timestamptz := private.now();
    v_purged jsonb;
    v_error text;
begin
    perform from private.retention as r
    where r.only_row and r.purge_at <= v_at
    for update skip locked;
    if not found then
        return null;
    end if;
    begin
        v_purged := private.purge_expired(c_rows);
    exception
        -- What cannot be forgotten now must not keep pots from their locks: in an hour again.
        when integrity_constraint_violation or data_exception or no_data_found or too_many_rows
            or lock_not_available or query_canceled then
            get stacked diagnostics v_error = returned_sqlstate;
    end;
    update private.retention as r
    set purge_at = case
        when (v_purged ->> 'more')::boolean then v_at else v_at + interval '1 hour'
    end
    where r.only_row;
    if v_error is not null then
        return jsonb_build_object(
            'pot_id', null, 'task', 'set_aside',
            'result', jsonb_build_object('task', 'purge', 'sqlstate', v_error)
        );
    end if;
    return case
        when (v_purged ->> 'more')::boolean or 0 < (
            select sum(c.value::bigint) from jsonb_each_text(v_purged - 'more') as c
        ) then jsonb_build_object('pot_id', null, 'task', 'purge', 'result', v_purged)
    end;
end $$;

comment on function private.purge_due() is
'Forgets a piece of what has expired and returns it as run_due does; NULL when it is not time, or '
'there was nothing.';

revoke all on function private.purge_due()
from public, anon, authenticated, service_role;
