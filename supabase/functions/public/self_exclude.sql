-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.self_exclude.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.self_exclude(days integer)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.self_exclude(days);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.self_exclude(integer) is
'Excludes the caller from joining for 1 to 36500 days from now; it can be made longer and not '
'ended. Entries stand, and what they win is paid. Returns {kind, until}. Raises PT401, PT403, '
'PT422.';

revoke all on function public.self_exclude(integer)
from public, anon, authenticated, service_role;
grant execute on function public.self_exclude(integer)
to authenticated, service_role;
