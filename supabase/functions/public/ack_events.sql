-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.ack_events.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.ack_events(consumer text, up_to bigint)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.ack_events(consumer, up_to);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.ack_events(text, bigint) is
'The consumer has dealt with every event up to this position; what it said before is never taken '
'back. The first call makes the consumer. Returns {consumer, position}. Raises PT422 '
'invalid_argument, PT503.';

revoke all on function public.ack_events(text, bigint)
from public, anon, authenticated, service_role;
grant execute on function public.ack_events(text, bigint)
to pot_events, service_role;
