-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.list_event_consumers.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.list_event_consumers()
returns setof public.event_consumer
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return query select * from private.list_event_consumers();
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.list_event_consumers() is
'How far each consumer of events has come, and how many wait for it. Raises PT401, PT403 '
'not_allowed.';

revoke all on function public.list_event_consumers()
from public, anon, authenticated, service_role;
grant execute on function public.list_event_consumers()
to pot_events, pot_compliance, service_role;
