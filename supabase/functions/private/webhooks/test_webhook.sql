-- Guards: the webhook exists and is active.
-- Locks: the subscription.
-- Writes: webhook_deliveries.
-- Raises: invalid_argument, wrong_state, busy (a transaction of one snapshot).
create or replace function private.test_webhook(p_webhook_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_hook private.webhook_subscriptions;
    v_at timestamptz := private.now();
    v_event_id uuid := gen_random_uuid();
    v_delivery_id bigint;
begin
    perform private.require_read_committed();
    v_hook := private.hold_webhook(p_webhook_id);
    if not v_hook.active then
        perform private.fail('wrong_state', '{"active": false}');
    end if;
    insert into private.webhook_deliveries (
        webhook_id, event_id, kind, next_attempt_at, queued_at, created_at
    )
    values (p_webhook_id, v_event_id, 'webhook_test', v_at, v_at, v_at)
    returning delivery_id into v_delivery_id;
    return jsonb_build_object(
        'webhook_id', p_webhook_id, 'delivery_id', v_delivery_id, 'event_id', v_event_id
    );
end $$;

comment on function private.test_webhook(uuid) is
'Definer half of public.test_webhook.';

revoke all on function private.test_webhook(uuid)
from public, anon, authenticated, service_role;
grant execute on function private.test_webhook(uuid)
to service_role;
