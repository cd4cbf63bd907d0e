-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.attest_lock.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.attest_lock(pot_id uuid, orchestrator_signature text)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.attest_lock(pot_id, orchestrator_signature);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.attest_lock(uuid, text) is
'Verifies and keeps the orchestrator''s Ed25519 signature, 128 hex digits, over '
'T("pots/orchestrator/v1") || lock_digest. Returns {pot_id, kid, attested_at}. Raises PT404, '
'PT409 wrong_state, PT422 invalid_argument, invalid_signature.';

revoke all on function public.attest_lock(uuid, text)
from public, anon, authenticated, service_role;
grant execute on function public.attest_lock(uuid, text)
to pot_orchestrator, service_role;
