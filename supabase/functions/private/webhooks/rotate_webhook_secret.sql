-- Guards: arguments; the webhook exists.
-- Locks: the subscription.
-- Writes: webhook_secrets; an event. A call again makes another secret.
-- Raises: invalid_argument, busy (a transaction of one snapshot).
create or replace function private.rotate_webhook_secret(
    p_webhook_id uuid, p_overlap_seconds integer
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_until timestamptz;
    v_secret text;
begin
    perform private.require_range('overlap_seconds', p_overlap_seconds, 0, 2592000);
    perform private.require_read_committed();
    perform private.hold_webhook(p_webhook_id);
    v_until := private.now() + make_interval(secs => p_overlap_seconds);
    -- With no overlap also those of earlier rotations end: a secret has leaked.
    update private.webhook_secrets as s
    set retires_at = least(s.retires_at, v_until)
    where s.webhook_id = p_webhook_id;
    perform private.forget_webhook_secrets();
    v_secret := private.add_webhook_secret(p_webhook_id);
    perform private.log_event('webhook_secret_rotated', null, jsonb_build_object(
        'webhook_id', p_webhook_id, 'overlap_seconds', p_overlap_seconds
    ));
    return jsonb_build_object(
        'webhook_id', p_webhook_id,
        'secret', v_secret,
        'old_secret_until', private.json_time(v_until)
    );
end $$;

comment on function private.rotate_webhook_secret(uuid, integer) is
'Definer half of public.rotate_webhook_secret.';

revoke all on function private.rotate_webhook_secret(uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function private.rotate_webhook_secret(uuid, integer)
to service_role;
