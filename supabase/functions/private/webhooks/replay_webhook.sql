-- Guards: arguments; the webhook exists; the delivery is its own and has ended.
-- Locks: the subscription.
-- Writes: webhook_deliveries; an event; closes alert delivery_dead.
-- Raises: invalid_argument, wrong_state, busy (a transaction of one snapshot).
create or replace function private.replay_webhook(
    p_webhook_id uuid, p_delivery_id bigint, p_from_position bigint
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_status text;
    v_replayed bigint;
begin
    if p_delivery_id is not null and p_from_position is not null then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'from_position', 'expected', 'null when delivery_id is given'
        ));
    end if;
    perform private.require_read_committed();
    perform private.hold_webhook(p_webhook_id);
    if p_delivery_id is not null then
        select d.status into v_status
        from private.webhook_deliveries as d
        where d.delivery_id = p_delivery_id and d.webhook_id = p_webhook_id;
        if not found then
            perform private.fail('invalid_argument', jsonb_build_object(
                'argument', 'delivery_id', 'expected', 'a delivery of this webhook'
            ));
        elsif v_status = 'pending' then
            perform private.fail('wrong_state', jsonb_build_object('status', v_status));
        elsif exists (
            select
            from private.webhook_deliveries as d
            inner join private.carried_positions as c
                on d.position between c.from_position and c.to_position
            where d.delivery_id = p_delivery_id
        ) then
            perform private.fail('wrong_state', '{"status": "detached"}');
        end if;
    end if;
    update private.webhook_deliveries as d
    set
        status = 'pending',
        attempts = 0,
        first_attempt_at = null,
        queued_at = private.now(),
        ended_at = null
    where d.webhook_id = p_webhook_id
        and case
            when p_delivery_id is not null then d.delivery_id = p_delivery_id
            else d.status = 'dead'
                and (p_from_position is null or d.position >= p_from_position)
        end
        -- Of these the event is in a file of the archive.
        and not exists (
            select
            from private.carried_positions as c
            where d.position between c.from_position and c.to_position
        );
    get diagnostics v_replayed = row_count;
    if v_replayed > 0 then
        perform private.promote_deliveries(p_webhook_id, null);
        perform private.close_delivery_alert();
        perform private.log_event('webhook_replayed', null, jsonb_build_object(
            'webhook_id', p_webhook_id, 'deliveries', v_replayed
        ));
    end if;
    return jsonb_build_object('webhook_id', p_webhook_id, 'replayed', v_replayed);
end $$;

comment on function private.replay_webhook(uuid, bigint, bigint) is
'Definer half of public.replay_webhook.';

revoke all on function private.replay_webhook(uuid, bigint, bigint)
from public, anon, authenticated, service_role;
grant execute on function private.replay_webhook(uuid, bigint, bigint)
to service_role;
