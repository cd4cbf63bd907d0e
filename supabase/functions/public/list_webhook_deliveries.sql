-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.list_webhook_deliveries.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.list_webhook_deliveries(
    webhook_id uuid default null,
    status text default null,
    after bigint default null,
    page_size integer default 20
)
returns setof public.webhook_delivery
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return query select *
    from private.list_webhook_deliveries(webhook_id, status, after, page_size);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.list_webhook_deliveries(uuid, text, bigint, integer) is
'Deliveries, newest first; status: pending, delivered or dead; after: the last delivery_id of the '
'page before; page_size: 1 to 1000. Raises PT422 invalid_argument.';

revoke all on function public.list_webhook_deliveries(uuid, text, bigint, integer)
from public, anon, authenticated, service_role;
grant execute on function public.list_webhook_deliveries(uuid, text, bigint, integer)
to service_role;
