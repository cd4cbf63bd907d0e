-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.report_delivery.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.report_delivery(
    delivery_id bigint,
    lease uuid,
    status integer default null,
    error text default null,
    retry_after integer default null
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.report_delivery(delivery_id, lease, status, error, retry_after);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.report_delivery(bigint, uuid, integer, text, integer) is
'Says how a claimed delivery went: the receiver''s HTTP status and, unless it is one of 200 to 299 '
'and all is well, the class of the error and for how many seconds it asks to be left alone '
'(Retry-After). A status of 410 disables the webhook. Returns {delivery_id, status, attempts, '
'next_attempt_at, retry_at}: when it is tried again, and until when nothing is sent to its '
'webhook. Raises PT422 invalid_argument, PT503 busy.';

revoke all on function public.report_delivery(bigint, uuid, integer, text, integer)
from public, anon, authenticated, service_role;
grant execute on function public.report_delivery(bigint, uuid, integer, text, integer)
to pot_webhooks;
