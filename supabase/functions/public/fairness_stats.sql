-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.fairness_stats.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.fairness_stats()
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return private.fairness_stats();
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.fairness_stats() is
'How the draws went, for anybody: {as_of, window, draws: one object a draw_version}. Over all '
'time: locked, settled, awaiting_reveal, awaiting_beacon, aborted (cancelled after lock), aborts '
'{voided, reveal_overdue, seed_spent}, abort_rate (of those that ended, 0..1 or null), '
'voided_before_lock. recent, over the newest `window` settlements: settled, since, '
'reveal_seconds (lock to reveal) and '
'beacon_seconds (the beacon round''s time to settled) as {median, p99, max} or null, winner_share '
'(mean share of the tickets that winners held) and expected_winner_share (its mean in a fair '
'draw), deciles (ten of {observed, expected}: winners by rank of the winning ticket among the '
'pot''s tickets in order of how many their holder has), chi_square over them and '
'degrees_of_freedom.';

revoke all on function public.fairness_stats()
from public, anon, authenticated, service_role;
grant execute on function public.fairness_stats()
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
