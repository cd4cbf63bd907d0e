-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.rotate_pepper.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.rotate_pepper(reason text)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.rotate_pepper(reason);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.rotate_pepper(text) is
'A new secret under which pots to come keep addresses and devices; open pots keep theirs. '
'Retired ones that no open pot uses are destroyed. Returns {pepper_id, retired, destroyed}. '
'Raises PT401, PT422.';

revoke all on function public.rotate_pepper(text)
from public, anon, authenticated, service_role;
grant execute on function public.rotate_pepper(text)
to pot_compliance, service_role;
