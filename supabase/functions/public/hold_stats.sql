-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.hold_stats.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.hold_stats()
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return private.hold_stats();
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.hold_stats() is
'How often payouts are held for review and what becomes of them, for anybody, over all time: '
'{as_of, settled, held, hold_rate (of settled, 0..1 or null), open, oldest_open_seconds, paid (all '
'flags cleared), returned (one upheld), uphold_rate (of those reviewed), review_seconds {median, '
'p99, max} over the newest 2000, excluded_entries}.';

revoke all on function public.hold_stats()
from public, anon, authenticated, service_role;
grant execute on function public.hold_stats()
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
