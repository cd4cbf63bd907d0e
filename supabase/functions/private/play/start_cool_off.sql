-- Guards, in order: arguments; login. The rest: private.begin_break.
-- Raises: invalid_argument, login_required, not_allowed, busy (a transaction of one snapshot);
-- returns account_blocked.
create or replace function private.start_cool_off(p_hours integer)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
    perform private.require_range('hours', p_hours, 1, 1008);
    perform private.require_read_committed();
    return private.begin_break('cool_off', make_interval(hours => p_hours));
end $$;

comment on function private.start_cool_off(integer) is
'Definer half of public.start_cool_off.';

revoke all on function private.start_cool_off(integer)
from public, anon, authenticated, service_role;
grant execute on function private.start_cool_off(integer)
to authenticated, service_role;
