-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.my_play_limits.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.my_play_limits()
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return private.my_play_limits();
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.my_play_limits() is
'The caller''s own limits: {limits: {day, week, month: {credits, spent, left, next_credits, '
'next_at}}, cool_off_until, self_excluded_until}. A day is the last 24 hours, a week 7 days, a '
'month 30; credits null: no limit. Raises PT401, PT403.';

revoke all on function public.my_play_limits()
from public, anon, authenticated, service_role;
grant execute on function public.my_play_limits()
to authenticated, service_role;
