-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.set_officer.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.set_officer(user_id uuid, officer boolean, reason text)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.set_officer(user_id, officer, reason);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.set_officer(uuid, boolean, text) is
'Says that somebody signs in as compliance, or no longer does: by the hook '
'private.custom_access_token their tokens name the role pot_compliance. A revoked officer loses it '
'at the next refresh, and every call is refused at once. An officer is staff from then on. Returns '
'{user_id, officer}. Raises PT422.';

revoke all on function public.set_officer(uuid, boolean, text)
from public, anon, authenticated, service_role;
grant execute on function public.set_officer(uuid, boolean, text)
to service_role;
