-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.set_play_limits.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.set_play_limits(day bigint, week bigint, month bigint)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.set_play_limits(day, week, month);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.set_play_limits(bigint, bigint, bigint) is
'What the caller will spend at most in 24 hours, 7 and 30 days, in credits; null: no limit. '
'Stricter holds at once, looser after 24 hours. Returns as my_play_limits. Raises PT401, PT403, '
'PT422.';

revoke all on function public.set_play_limits(bigint, bigint, bigint)
from public, anon, authenticated, service_role;
grant execute on function public.set_play_limits(bigint, bigint, bigint)
to authenticated, service_role;
