-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.metric_snapshot.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.metric_snapshot()
returns setof public.metric_sample
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return query select * from private.metric_snapshot();
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.metric_snapshot() is
'Every number that `pypot metrics` shows to Prometheus: totals, classes of histograms, shares of '
'the last seven days, and what stands open now. Names no person. Raises PT401, '
'PT403 not_allowed.';

revoke all on function public.metric_snapshot()
from public, anon, authenticated, service_role;
grant execute on function public.metric_snapshot()
to pot_events, pot_compliance, service_role;
