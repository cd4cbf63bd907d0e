-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.set_staff.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.set_staff(user_id uuid, staff boolean, reason text)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.set_staff(user_id, staff, reason);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.set_staff(uuid, boolean, text) is
'Says that somebody works for the operator, who then cannot join pots, or no longer does. '
'Whoever acts as one of the pot_* roles becomes staff without it. Returns {user_id, staff}. '
'Raises PT401, PT403 not_allowed (nobody takes oneself off), PT422.';

revoke all on function public.set_staff(uuid, boolean, text)
from public, anon, authenticated, service_role;
grant execute on function public.set_staff(uuid, boolean, text)
to pot_compliance, service_role;
