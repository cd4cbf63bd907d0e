-- Guards, in order: arguments; login. The rest: private.begin_break.
-- Raises: invalid_argument, login_required, not_allowed, busy (a transaction of one snapshot);
-- returns account_blocked.
create or replace function private.self_exclude(p_days integer)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
    perform private.require_range('days', p_days, 1, 36500);
    perform private.require_read_committed();
    -- Days of 24 hours, whatever the session's time zone does to its clock.
    return private.begin_break('self_excluded', p_days * interval '24 hours');
end $$;

comment on function private.self_exclude(integer) is
'Definer half of public.self_exclude.';

revoke all on function private.self_exclude(integer)
from public, anon, authenticated, service_role;
grant execute on function private.self_exclude(integer)
to authenticated, service_role;
