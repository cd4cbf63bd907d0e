-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.update_webhook.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.update_webhook(
    webhook_id uuid,
    url text default null,
    events jsonb default null,
    min_prize bigint default null,
    description text default null,
    active boolean default null
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.update_webhook(webhook_id, url, events, min_prize, description, active);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.update_webhook(uuid, text, jsonb, bigint, text, boolean) is
'Changes what is not null of a webhook; events [] means all kinds, min_prize 0 none. Inactive it '
'is sent nothing and of what happens meanwhile it is never told; what was pending waits. Returns '
'{webhook_id, active}. Raises PT422 invalid_argument, PT503 busy.';

revoke all on function public.update_webhook(uuid, text, jsonb, bigint, text, boolean)
from public, anon, authenticated, service_role;
grant execute on function public.update_webhook(uuid, text, jsonb, bigint, text, boolean)
to service_role;
