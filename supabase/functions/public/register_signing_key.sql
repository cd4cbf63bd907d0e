-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.register_signing_key.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.register_signing_key(purpose text, public_key text)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.register_signing_key(purpose, public_key);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.register_signing_key(text, text) is
'Registers an Ed25519 public key, 64 hex digits, for purpose orchestrator, settlement or beacon. '
'Returns {kid}. Raises PT422 invalid_argument, PT409 wrong_state (revoked before).';

revoke all on function public.register_signing_key(text, text)
from public, anon, authenticated, service_role;
grant execute on function public.register_signing_key(text, text)
to service_role;
