-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.list_webhooks.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.list_webhooks()
returns setof public.webhook
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return query select * from private.list_webhooks();
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.list_webhooks() is
'Every webhook, the oldest first, with how many deliveries are pending and dead; never a secret.';

revoke all on function public.list_webhooks()
from public, anon, authenticated, service_role;
grant execute on function public.list_webhooks()
to service_role;
