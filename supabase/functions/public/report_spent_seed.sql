-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.report_spent_seed.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.report_spent_seed(
    pot_id uuid, reveal_seed text, lock_digest text
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.report_spent_seed(pot_id, reveal_seed, lock_digest);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.report_spent_seed(uuid, text, text) is
'Cancels a pot whose seed (64 hex digits) was shown for a lock (its digest, 64) that the database '
'has lost in a restore or a failover: nobody joins it again, everyone is refunded, and it counts '
'as aborted. A pot that is locked as stated is to be revealed instead: wrong_state. Returns '
'{pot_id, status, cause, entries_refunded, credits_refunded, …}. Raises PT404, PT409 wrong_state, '
'PT422 reveal_mismatch, invalid_argument.';

revoke all on function public.report_spent_seed(uuid, text, text)
from public, anon, authenticated, service_role;
grant execute on function public.report_spent_seed(uuid, text, text)
to pot_settlement, service_role;
