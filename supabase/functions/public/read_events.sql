-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.read_events.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.read_events(
    consumer text default null,
    after bigint default null,
    kinds text[] default null,
    page_size integer default 100
)
returns setof public.outbox_event
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return query select * from private.read_events(consumer, after, kinds, page_size);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.read_events(text, bigint, text[], integer) is
'Events in order of position: after the position `after`, else after what `consumer` acknowledged, '
'else from the first; of `kinds` only, if given; page_size 1 to 1000. Call sequence_events before, '
'in a transaction of its own, and ack_events after. Raises PT401, PT403 not_allowed, PT422 '
'invalid_argument.';

revoke all on function public.read_events(text, bigint, text[], integer)
from public, anon, authenticated, service_role;
grant execute on function public.read_events(text, bigint, text[], integer)
to pot_events, pot_compliance, service_role;
