-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.metric_settle_time.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.metric_settle_time(
    "from" timestamptz default null,
    "to" timestamptz default null,
    bucket text default 'hour'
)
returns setof public.metric_settle_time
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return query select * from private.metric_settle_time("from", "to", bucket);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.metric_settle_time(timestamptz, timestamptz, text) is
'How long pots waited from lock to payout. Arguments and errors as of metric_fill_time.';

revoke all on function public.metric_settle_time(timestamptz, timestamptz, text)
from public, anon, authenticated, service_role;
grant execute on function public.metric_settle_time(timestamptz, timestamptz, text)
to pot_compliance, service_role;
