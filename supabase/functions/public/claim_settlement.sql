-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.claim_settlement.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.claim_settlement(pot_id uuid default null)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.claim_settlement(pot_id);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.claim_settlement(uuid) is
'Takes a locked and attested pot, without pot_id the one whose time for a reveal ends first, to '
'settling with a lease of claim_lease or, if that is less, half of its time for a reveal; its '
'holder gets it again. A pot of over 5000 players that run_due has not scanned yet waits for '
'that, for half of its time at most. Returns what the reveal signs, or null when nothing is due. '
'Raises PT404, PT409 wrong_state.';

revoke all on function public.claim_settlement(uuid)
from public, anon, authenticated, service_role;
grant execute on function public.claim_settlement(uuid)
to pot_settlement, service_role;
