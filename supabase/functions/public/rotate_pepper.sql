-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.rotate_pepper.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.rotate_pepper(reason text, overlap_days integer default 30)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.rotate_pepper(reason, overlap_days);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.rotate_pepper(text, integer) is
'A new secret under which pots to come keep addresses and devices; open pots keep theirs. For '
'overlap_days (0 to 90, default 30) whoever comes again stays known by the old one; use 0 after a '
'leak. Then, and when no open pot uses it, it is destroyed. Returns {pepper_id, retired, '
'destroyed}. Raises PT401, PT422.';

revoke all on function public.rotate_pepper(text, integer)
from public, anon, authenticated, service_role;
grant execute on function public.rotate_pepper(text, integer)
to pot_compliance, service_role;
