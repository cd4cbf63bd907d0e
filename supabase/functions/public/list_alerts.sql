-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.list_alerts.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.list_alerts(
    status text default null,
    after uuid default null,
    page_size integer default 20
)
returns setof public.alert
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return query select * from private.list_alerts(status, after, page_size);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.list_alerts(text, uuid, integer) is
'Alerts, newest first (PRD 8). status: open (nobody looks after it), acknowledged or closed; '
'after: the last alert_id of the page before; page_size: 1 to 100. Raises PT401, PT403 '
'not_allowed, PT422 invalid_argument.';

revoke all on function public.list_alerts(text, uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function public.list_alerts(text, uuid, integer)
to pot_compliance, service_role;
