-- Locks: the subscription.
-- Raises: invalid_argument.
create or replace function private.hold_webhook(p_webhook_id uuid)
returns private.webhook_subscriptions
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_hook private.webhook_subscriptions;
begin
    select * into v_hook
    from private.webhook_subscriptions as s
    where s.webhook_id = p_webhook_id
    for no key update;
    if not found then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'webhook_id', 'expected', 'a webhook'
        ));
    end if;
    return v_hook;
end $$;

comment on function private.hold_webhook(uuid) is
'Locks a webhook and returns its row. Fails with invalid_argument if there is none.';

revoke all on function private.hold_webhook(uuid)
from public, anon, authenticated, service_role;
