-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.roll_up_metrics.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.roll_up_metrics()
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.roll_up_metrics();
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.roll_up_metrics() is
'Takes the next events of the outbox into the metrics. Returns {rolled_up, more}, or null while '
'another call is at it; call again while more. Bounded; safe from several callers and from '
'pg_cron.';

revoke all on function public.roll_up_metrics()
from public, anon, authenticated, service_role;
grant execute on function public.roll_up_metrics()
to pot_orchestrator, service_role;
