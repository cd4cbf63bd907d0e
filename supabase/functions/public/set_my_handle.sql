-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.set_my_handle.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.set_my_handle(handle text)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.set_my_handle(handle);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.set_my_handle(text) is
'The name under which the caller''s wins are shown: 3 to 20 of A-Z, a-z, 0-9 and _, a letter '
'first, that nobody else has or has one like it; NULL takes it back. Returns {handle}. Raises '
'PT401, PT403, PT422 invalid_argument, PT503.';

revoke all on function public.set_my_handle(text)
from public, anon, authenticated, service_role;
grant execute on function public.set_my_handle(text)
to authenticated, service_role;
