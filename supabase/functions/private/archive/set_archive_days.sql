-- Sets for how many days after its end a pot is not archived.
--
-- Guards, in order: arguments; a person.
-- Locks: the row of private.retention.
-- Writes: retention; event archive_days_set.
-- Raises: invalid_argument, login_required, not_allowed, busy (a transaction of one snapshot).
create or replace function private.set_archive_days(p_days integer, p_reason text)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_before integer;
begin
    perform private.require_range('days', p_days, 90, 36500);
    perform private.require_reason(p_reason);
    perform private.require_person();
    perform private.require_read_committed();
    select r.archive_days into strict v_before from private.retention as r for update;
    if v_before <> p_days then
        update private.retention as r set archive_days = p_days where r.only_row;
        perform private.log_event('archive_days_set', null, jsonb_build_object(
            'reason', p_reason, 'before', v_before, 'after', p_days
        ));
    end if;
    return jsonb_build_object('archive_days', p_days);
end $$;

comment on function private.set_archive_days(integer, text) is
'Sets retention.archive_days: for how many days after its end a pot is not archived.';

revoke all on function private.set_archive_days(integer, text)
from public, anon, authenticated, service_role;
