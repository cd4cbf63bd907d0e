-- Guards: arguments.
-- Writes: webhook_subscriptions, webhook_secrets; an event. A call again makes another: its secret
-- could not be answered twice, for it is kept where nobody reads it.
-- Raises: invalid_argument, busy (a transaction of one snapshot).
create or replace function private.create_webhook(
    p_url text, p_events jsonb, p_min_prize bigint, p_description text
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_id uuid := gen_random_uuid();
    v_events text[] := private.read_webhook_events(p_events);
    v_at timestamptz := private.now();
    v_secret text;
begin
    if v_events is null and p_min_prize is not null then
        v_events := '{pot_settled}';
    end if;
    perform private.check_webhook_terms(p_url, v_events, p_min_prize, p_description);
    perform private.require_read_committed();
    insert into private.webhook_subscriptions (
        webhook_id, url, events, min_prize, description, listens_since, created_at, updated_at
    )
    values (v_id, p_url, v_events, p_min_prize, p_description, v_at, v_at, v_at);
    v_secret := private.add_webhook_secret(v_id);
    perform private.log_event('webhook_created', null, jsonb_build_object(
        'webhook_id', v_id, 'events', v_events, 'min_prize', p_min_prize
    ));
    return jsonb_build_object('webhook_id', v_id, 'secret', v_secret);
end $$;

comment on function private.create_webhook(text, jsonb, bigint, text) is
'Definer half of public.create_webhook.';

revoke all on function private.create_webhook(text, jsonb, bigint, text)
from public, anon, authenticated, service_role;
grant execute on function private.create_webhook(text, jsonb, bigint, text)
to service_role;
