-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.get_pot.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.get_pot(pot_id uuid)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return private.get_pot(pot_id);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.get_pot(uuid) is
'PotDetail (PRD 5): PotSummary with entries (the 100 newest; the caller''s own in full), fairness, '
'winner, and until the pot is over timers: now, the database''s clock, and from the lock on '
'reveal_by, when a missing seed has everybody refunded. Raises PT422 invalid_argument, PT404 '
'pot_not_found.';

revoke all on function public.get_pot(uuid)
from public, anon, authenticated, service_role;
grant execute on function public.get_pot(uuid)
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
