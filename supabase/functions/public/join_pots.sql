-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.join_pots.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.join_pots(batch jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.join_pots(batch);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.join_pots(jsonb) is
'Joins of many players in one pot, for a server that has taken them in: 1 to 500 of {pot_id, '
'user_id, ticket_count, idempotency_key, ip, device, region, correlation_id}, the last five '
'optional, pot_id the same in all. Returns {joined, results}: in the order of batch, what join_pot '
'answers, or {code, message, details, hint} where it refuses one; the others stand. Raises PT404 '
'pot_not_found, PT422 invalid_argument, PT503 busy; then nothing was written.';

revoke all on function public.join_pots(jsonb)
from public, anon, authenticated, service_role;
grant execute on function public.join_pots(jsonb)
to service_role;
