-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.claim_deliveries.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.claim_deliveries(
    max_deliveries integer default 32,
    per_webhook integer default 4,
    lease_seconds integer default 60
)
returns setof public.claimed_delivery
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return query select * from private.claim_deliveries(max_deliveries, per_webhook, lease_seconds);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.claim_deliveries(integer, integer, integer) is
'Takes deliveries that are due, at most max_deliveries and per_webhook of one webhook under way '
'at once: what is not reported within the lease is due again. Of a webhook that fails one alone. '
'Each row has the body to send and the secrets to sign it with. Raises PT422 invalid_argument, '
'PT503 busy.';

revoke all on function public.claim_deliveries(integer, integer, integer)
from public, anon, authenticated, service_role;
grant execute on function public.claim_deliveries(integer, integer, integer)
to pot_webhooks;
