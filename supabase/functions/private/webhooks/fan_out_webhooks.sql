-- Turns events into deliveries and moves the consumer `webhooks` on, both or neither. Of several at
-- once one works and the others find it done.
-- Guards: arguments.
-- Locks, in order: the sequencer's; the consumer's row, or returns without it; active
-- subscriptions, by id. A delivery that ends takes its subscription too, so that none waits for an
-- earlier one of its pot which has ended unseen.
-- Writes: event_positions, event_consumers, webhook_deliveries; deletes retired secrets.
-- Raises: invalid_argument, busy (a transaction of one snapshot).
create or replace function private.fan_out_webhooks(p_max_events integer)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_from bigint;
    v_to bigint;
    v_at timestamptz;
    v_deliveries bigint := 0;
begin
    perform private.require_range('max_events', p_max_events, 1, 10000);
    perform private.require_read_committed();
    perform private.sequence_events();
    select c.position into v_from
    from private.event_consumers as c
    where c.consumer = 'webhooks'
    for no key update skip locked;
    if not found then
        return '{"events": 0, "deliveries": 0}'::jsonb;
    end if;
    select max(p.position) into v_to
    from (
        select n.position
        from private.event_positions as n
        where n.position > v_from
        order by n.position
        limit p_max_events
    ) as p;
    perform private.forget_webhook_secrets();
    if v_to is null then
        return '{"events": 0, "deliveries": 0}'::jsonb;
    end if;
    perform from private.webhook_subscriptions as s
    where s.active
    order by s.webhook_id
    for no key update;
    v_at := private.now();
    insert into private.webhook_deliveries (
        webhook_id, position, event_id, kind, pot_id, next_attempt_at, queued_at, created_at
    )
    select
        s.webhook_id, p.position, e.event_id, e.kind, e.pot_id,
        case
            when e.pot_id is null then v_at
            when exists (
                select
                from private.webhook_deliveries as d
                where d.webhook_id = s.webhook_id
                    and d.pot_id = e.pot_id
                    and d.status = 'pending'
            ) then null
            when row_number() over (
                partition by s.webhook_id, e.pot_id
                order by p.position
            ) = 1 then v_at
        end,
        v_at, v_at
    from private.event_positions as p
    inner join private.events as e on p.id = e.id
    inner join private.webhook_subscriptions as s
        on s.active
        and e.created_at >= s.listens_since
        and (s.events is null or e.kind = any(s.events))
        and (
            s.min_prize is null
            or e.kind not in ('pot_settled', 'live_drop')
            or (e.data ->> 'prize')::bigint >= s.min_prize
        )
    where p.position > v_from
        and p.position <= v_to
        -- Of webhooks themselves no webhook is told.
        and e.kind !~ '^webhook_'
    order by p.position;
    get diagnostics v_deliveries = row_count;
    update private.event_consumers as c
    set position = v_to, updated_at = v_at
    where c.consumer = 'webhooks';
    return jsonb_build_object('events', v_to - v_from, 'deliveries', v_deliveries);
end $$;

comment on function private.fan_out_webhooks(integer) is
'Definer half of public.fan_out_webhooks.';

revoke all on function private.fan_out_webhooks(integer)
from public, anon, authenticated, service_role;
grant execute on function private.fan_out_webhooks(integer)
to pot_webhooks;
