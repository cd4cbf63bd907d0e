-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.start_cool_off.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.start_cool_off(hours integer)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.start_cool_off(hours);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.start_cool_off(integer) is
'A break from joining, 1 to 1008 hours from now; it can be made longer and not ended. Entries '
'stand. Returns {kind, until}. Raises PT401, PT403, PT422.';

revoke all on function public.start_cool_off(integer)
from public, anon, authenticated, service_role;
grant execute on function public.start_cool_off(integer)
to authenticated, service_role;
