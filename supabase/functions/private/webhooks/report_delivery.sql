-- That a receiver took it counts whoever reports it; that it did not counts from the holder of the
-- lease alone, for somebody else may be at it since.
--
-- A receiver that asks to be left alone for a while (Retry-After) is sent nothing meanwhile, but
-- for no longer than the longest pause that there is without its asking. One that is gone (status
-- 410) is asked no more: its webhook is disabled (docs/decisions/0263).
--
-- Guards, in order: arguments; the delivery exists.
-- Locks, in order: the subscription; the delivery.
-- Writes: webhook_deliveries, webhook_subscriptions; alert delivery_dead; of a webhook that it
-- disables, event webhook_updated.
-- Raises: invalid_argument, busy (a transaction of one snapshot).
create or replace function private.report_delivery(
    p_delivery_id bigint, p_lease uuid, p_status integer, p_error text,
    p_retry_after integer default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    c_longest constant interval := interval '2 hours';
    v_delivery private.webhook_deliveries;
    v_hook private.webhook_subscriptions;
    v_settings private.settings;
    v_at timestamptz;
    v_next_dead bigint;
    v_next timestamptz;
    v_not_before timestamptz;
    v_is_gone boolean := false;
    v_dead bigint := 0;
begin
    perform private.require_given('delivery_id', p_delivery_id::text);
    perform private.require_given('lease', p_lease::text);
    if p_status is not null then
        perform private.require_range('status', p_status, 100, 999);
    end if;
    if p_error is null and (p_status is null or p_status not between 200 and 299)
        or p_error not in (
            'status', 'redirect', 'timeout', 'connection', 'tls', 'name', 'blocked', 'protocol'
        )
    then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'error', 'expected', 'null with a status of 200 to 299, else its class'
        ));
    end if;
    perform private.require_range('retry_after', coalesce(p_retry_after, 0), 0, 2147483647);
    perform private.require_read_committed();
    select * into v_delivery
    from private.webhook_deliveries as d
    where d.delivery_id = p_delivery_id;
    if not found then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'delivery_id', 'expected', 'a delivery'
        ));
    end if;
    v_hook := private.hold_webhook(v_delivery.webhook_id);
    select * into strict v_delivery
    from private.webhook_deliveries as d
    where d.delivery_id = p_delivery_id
    for no key update;
    select * into strict v_settings from private.settings as t;
    v_at := private.now();

    if v_delivery.status = 'pending' and p_error is null then
        perform private.end_delivery(p_delivery_id, 'delivered', p_status, null);
        if v_hook.failures > 0 then
            update private.webhook_subscriptions as s
            set failures = 0, failing_since = null, retry_at = null
            where s.webhook_id = v_hook.webhook_id;
        end if;
    elsif v_delivery.status = 'pending' and v_delivery.lease = p_lease then
        v_hook.failures := v_hook.failures + 1;
        v_hook.failing_since := coalesce(v_hook.failing_since, v_at);
        if v_hook.failures >= v_settings.webhook_circuit_failures then
            v_hook.retry_at := v_at + private.webhook_pause(
                v_hook.failures - v_settings.webhook_circuit_failures + 1,
                '30 seconds', '15 minutes'
            );
        end if;
        -- What a receiver says of itself is for the address that it has, not for one that took its
        -- place while it was asked.
        if v_delivery.last_attempt_at >= v_hook.updated_at then
            v_is_gone := p_status is not distinct from 410;
            if p_retry_after is not null then
                v_not_before := v_at + least(make_interval(secs => p_retry_after), c_longest);
            end if;
        end if;
        if v_is_gone and v_hook.active then
            v_hook.active := false;
            perform private.log_event('webhook_updated', null, jsonb_build_object(
                'webhook_id', v_hook.webhook_id,
                'events', v_hook.events,
                'min_prize', v_hook.min_prize,
                'active', false
            ));
        end if;
        v_hook.retry_at := greatest(v_hook.retry_at, v_not_before);
        update private.webhook_subscriptions as s
        set
            active = v_hook.active,
            failures = v_hook.failures,
            failing_since = v_hook.failing_since,
            retry_at = v_hook.retry_at
        where s.webhook_id = v_hook.webhook_id;
        v_next := greatest(
            v_at + private.webhook_pause(v_delivery.attempts, '5 seconds', c_longest),
            v_not_before
        );
        if v_is_gone
            or v_next > v_delivery.first_attempt_at + v_settings.webhook_retry_for
        then
            perform private.end_delivery(p_delivery_id, 'dead', p_status, p_error);
            v_dead := 1;
        else
            update private.webhook_deliveries as d
            set
                next_attempt_at = v_next,
                lease = null,
                lease_until = null,
                last_status = p_status,
                last_error = p_error
            where d.delivery_id = p_delivery_id;
        end if;
        if v_hook.failing_since <= v_at - v_settings.webhook_retry_for then
            -- An address that nobody reaches gets a probe now and then, and what waits behind it
            -- would wait for ever.
            update private.webhook_deliveries as d
            set
                status = 'dead',
                next_attempt_at = null,
                last_error = 'endpoint_down',
                ended_at = v_at
            where d.webhook_id = v_hook.webhook_id
                and d.status = 'pending'
                and d.lease is null
                and d.queued_at <= v_at - v_settings.webhook_retry_for;
            get diagnostics v_next_dead = row_count;
            v_dead := v_dead + v_next_dead;
            perform private.promote_deliveries(v_hook.webhook_id, null);
        end if;
        if v_dead > 0 then
            perform private.raise_alert('delivery_dead', null, jsonb_build_object(
                'webhook_id', v_hook.webhook_id,
                'delivery_id', p_delivery_id,
                'deliveries', v_dead,
                'error', p_error,
                'status', p_status
            ));
        end if;
    end if;
    return (
        select jsonb_build_object(
            'delivery_id', d.delivery_id,
            'status', d.status,
            'attempts', d.attempts,
            'next_attempt_at', private.json_time(d.next_attempt_at),
            'retry_at', private.json_time(s.retry_at)
        )
        from private.webhook_deliveries as d
        inner join private.webhook_subscriptions as s on d.webhook_id = s.webhook_id
        where d.delivery_id = p_delivery_id
    );
end $$;

comment on function private.report_delivery(bigint, uuid, integer, text, integer) is
'Definer half of public.report_delivery.';

revoke all on function private.report_delivery(bigint, uuid, integer, text, integer)
from public, anon, authenticated, service_role;
grant execute on function private.report_delivery(bigint, uuid, integer, text, integer)
to pot_webhooks;
