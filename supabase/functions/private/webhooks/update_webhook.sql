-- Guards: arguments; the webhook exists. What is NULL stays as it is.
-- Locks: the subscription.
-- Writes: webhook_subscriptions; an event; closes alert delivery_dead. Active again, or at another
-- address, it is tried at once.
-- Raises: invalid_argument, busy (a transaction of one snapshot).
create or replace function private.update_webhook(
    p_webhook_id uuid,
    p_url text,
    p_events jsonb,
    p_min_prize bigint,
    p_description text,
    p_active boolean
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_hook private.webhook_subscriptions;
    v_before private.webhook_subscriptions;
begin
    perform private.require_read_committed();
    v_hook := private.hold_webhook(p_webhook_id);
    v_before := v_hook;
    if p_events is not null then
        v_hook.events := private.read_webhook_events(p_events);
    end if;
    v_hook.url := coalesce(p_url, v_hook.url);
    v_hook.min_prize := nullif(coalesce(p_min_prize, v_hook.min_prize), 0);
    v_hook.description := coalesce(p_description, v_hook.description);
    v_hook.active := coalesce(p_active, v_hook.active);
    perform private.check_webhook_terms(
        v_hook.url, v_hook.events, v_hook.min_prize, v_hook.description
    );
    if v_hook.url <> v_before.url or v_hook.active and not v_before.active then
        v_hook.failures := 0;
        v_hook.failing_since := null;
        v_hook.retry_at := null;
    end if;
    if v_hook.active and not v_before.active then
        v_hook.listens_since := private.now();
    end if;
    if v_hook is distinct from v_before then
        update private.webhook_subscriptions as s
        set
            url = v_hook.url,
            events = v_hook.events,
            min_prize = v_hook.min_prize,
            description = v_hook.description,
            active = v_hook.active,
            listens_since = v_hook.listens_since,
            failures = v_hook.failures,
            failing_since = v_hook.failing_since,
            retry_at = v_hook.retry_at,
            updated_at = private.now()
        where s.webhook_id = p_webhook_id;
        perform private.log_event('webhook_updated', null, jsonb_build_object(
            'webhook_id', p_webhook_id,
            'events', v_hook.events,
            'min_prize', v_hook.min_prize,
            'active', v_hook.active
        ));
    end if;
    -- Also where nothing changes: who disables a webhook that was disabled when it was gone has
    -- seen to it.
    perform private.close_delivery_alert();
    return jsonb_build_object('webhook_id', p_webhook_id, 'active', v_hook.active);
end $$;

comment on function private.update_webhook(uuid, text, jsonb, bigint, text, boolean) is
'Definer half of public.update_webhook.';

revoke all on function private.update_webhook(uuid, text, jsonb, bigint, text, boolean)
from public, anon, authenticated, service_role;
grant execute on function private.update_webhook(uuid, text, jsonb, bigint, text, boolean)
to service_role;
