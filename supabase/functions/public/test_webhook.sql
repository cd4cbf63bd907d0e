-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.test_webhook.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.test_webhook(webhook_id uuid)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.test_webhook(webhook_id);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.test_webhook(uuid) is
'Queues a delivery of type webhook_test, which is of no event, for one webhook. Returns '
'{webhook_id, delivery_id, event_id}. Raises PT409 wrong_state (it is not active), PT422 '
'invalid_argument, PT503 busy.';

revoke all on function public.test_webhook(uuid)
from public, anon, authenticated, service_role;
grant execute on function public.test_webhook(uuid)
to service_role;
