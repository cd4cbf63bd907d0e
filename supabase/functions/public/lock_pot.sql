-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.lock_pot.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.lock_pot(pot_id uuid)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.lock_pot(pot_id);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.lock_pot(uuid) is
'Locks a full or timed-out pot (PRD 4.1, POST /api/pots/{id}/lock): freezes and numbers its '
'entries and publishes commit_hash; with fewer than min_participants cancels and refunds instead. '
'Returns {pot_id, status, commit_hash, lock_digest, total_tickets, entries_root, locked_at}. '
'Raises PT404, PT409 pot_paused, not_ready_to_lock, wrong_state, PT422.';

revoke all on function public.lock_pot(uuid)
from public, anon, authenticated, service_role;
grant execute on function public.lock_pot(uuid)
to pot_orchestrator, service_role;
