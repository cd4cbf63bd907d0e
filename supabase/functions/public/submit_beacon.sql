-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.submit_beacon.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.submit_beacon(
    pot_id uuid,
    beacon_signature text,
    attestation text
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.submit_beacon(pot_id, beacon_signature, attestation);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.submit_beacon(uuid, text, text) is
'Finishes draw 2: the BLS signature of the pot''s beacon round, 96 hex digits, verified by the '
'caller, and an Ed25519 signature, 128, over T("pots/beacon/v1") || lock_digest || '
'beacon_signature by any registered key of purpose beacon. Returns what reveal_pot returns of a '
'pot with draw 1. Raises PT404, PT409 wrong_state (not revealed, too early, settled by another '
'signature), PT422 invalid_signature, invalid_argument.';

revoke all on function public.submit_beacon(uuid, text, text)
from public, anon, authenticated, service_role;
grant execute on function public.submit_beacon(uuid, text, text)
to pot_settlement, pot_orchestrator, pot_beacon, service_role;
