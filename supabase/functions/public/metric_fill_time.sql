-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.metric_fill_time.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.metric_fill_time(
    "from" timestamptz default null,
    "to" timestamptz default null,
    bucket text default 'hour'
)
returns setof public.metric_fill_time
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return query select * from private.metric_fill_time("from", "to", bucket);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.metric_fill_time(timestamptz, timestamptz, text) is
'How fast pots were filled: at most 90 seconds for 75% of them at peak is the target (PRD 1). '
'from, to: by default until now, 24 buckets; bucket: five_minutes, hour or day (UTC), at most '
'1000. Peak is the six hours of each UTC day with the most joins. Raises PT401, PT403 not_allowed, '
'PT422 invalid_argument.';

revoke all on function public.metric_fill_time(timestamptz, timestamptz, text)
from public, anon, authenticated, service_role;
grant execute on function public.metric_fill_time(timestamptz, timestamptz, text)
to pot_compliance, service_role;
