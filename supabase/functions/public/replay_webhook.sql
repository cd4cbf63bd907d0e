-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.replay_webhook.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.replay_webhook(
    webhook_id uuid,
    delivery_id bigint default null,
    from_position bigint default null
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.replay_webhook(webhook_id, delivery_id, from_position);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.replay_webhook(uuid, bigint, bigint) is
'Sends again, under the same event ids: one delivery that has ended, or all dead ones of a '
'webhook, those from a position of the outbox on if it is given. Returns {webhook_id, replayed}. '
'Raises PT409 wrong_state (it is pending), PT422 invalid_argument, PT503 busy.';

revoke all on function public.replay_webhook(uuid, bigint, bigint)
from public, anon, authenticated, service_role;
grant execute on function public.replay_webhook(uuid, bigint, bigint)
to service_role;
