-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.revoke_signing_key.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.revoke_signing_key(kid text, reason text)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.revoke_signing_key(kid, reason);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.revoke_signing_key(text, text) is
'Revokes a signing key: it verifies what it signed before, nothing new. Returns {kid, '
'revoked_at}. Raises PT422 invalid_argument.';

revoke all on function public.revoke_signing_key(text, text)
from public, anon, authenticated, service_role;
grant execute on function public.revoke_signing_key(text, text)
to service_role;
