-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.request_erasure.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.request_erasure()
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.request_erasure();
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.request_erasure() is
'The caller asks to be forgotten; compliance does it once nothing stands in the way. Returns '
'{requested_at, obstacle}; again: the same. Raises PT401, PT403 not_allowed.';

revoke all on function public.request_erasure()
from public, anon, authenticated, service_role;
grant execute on function public.request_erasure()
to authenticated, service_role;
