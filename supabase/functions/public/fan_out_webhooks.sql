-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.fan_out_webhooks.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.fan_out_webhooks(max_events integer default 1000)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.fan_out_webhooks(max_events);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.fan_out_webhooks(integer) is
'Turns the next events of the outbox into deliveries, at most max_events (1 to 10000), and '
'returns {events, deliveries}. Safe to run twice at once. Raises PT422 invalid_argument, PT503 '
'busy.';

revoke all on function public.fan_out_webhooks(integer)
from public, anon, authenticated, service_role;
grant execute on function public.fan_out_webhooks(integer)
to pot_webhooks;
