-- Pauses double from 5 seconds to 2 hours, jittered by half; after 24 hours it is a dead letter,
-- with an alert. What was delivered is not tried again.

begin;
\ir ../support/helpers.sql
select plan(15);

select freeze_time('2030-01-01 12:00:00Z');
update private.settings set webhook_circuit_failures = 1000 where only_row;
select rpc('service_role', 'create_webhook', '{"url": "https://hooks.example/"}') is null;
select private.log_event('one', null, '{}');
select rpc('pot_webhooks', 'fan_out_webhooks') is null;

create temporary table attempts (attempt integer, at timestamptz, pause interval) on commit drop;
do $$
declare
    v_claimed jsonb;
    v_next timestamptz;
begin
    loop
        v_claimed := tests.rpc('pot_webhooks', 'claim_deliveries') -> 0;
        exit when v_claimed is null;
        v_next := tests.rpc('pot_webhooks', 'report_delivery', jsonb_build_object(
            'delivery_id', v_claimed -> 'delivery_id', 'lease', v_claimed -> 'lease',
            'status', 503, 'error', 'status'
        )) ->> 'next_attempt_at';
        insert into attempts values (
            (v_claimed ->> 'attempts')::integer, private.now(), v_next - private.now()
        );
        exit when v_next is null;
        perform tests.freeze_time(v_next);
    end loop;
end $$;

select ok((select count(*) between 20 and 45 from attempts), 'a few dozen attempts');
select is(
    (select array_agg(a.attempt order by a.at) from attempts as a),
    (select array_agg(n) from generate_series(1, (select count(*) from attempts)) as n)::integer[],
    'counted from one'
);
select is(
    (
        select count(*)
        from attempts as a
        cross join lateral (
            select least(interval '5 seconds' * 2 ^ (a.attempt - 1), interval '2 hours') as most
        ) as p
        where a.pause not between p.most / 2 and p.most
    ),
    0::bigint,
    'each pause is a half to all of 5 s, 10 s, 20 s … 2 h'
);
select ok(
    (select count(distinct a.pause) > 5 from attempts as a where a.pause > '1 hour'),
    'and the long ones differ'
);
select ok(
    (select max(a.at) between '2030-01-02 10:00:00Z' and '2030-01-02 12:00:00Z' from attempts as a),
    'the last attempt comes near the end of a day'
);
select is(
    (
        select jsonb_build_array(d.status, d.last_status, d.last_error, d.next_attempt_at, d.lease)
        from private.webhook_deliveries as d
    ),
    '["dead", 503, "status", null, null]', 'then it is dead'
);
select is(
    (select a.detail ->> 'error' from private.alerts as a where a.kind = 'delivery_dead'),
    'status', 'with an alert'
);
select rpc('service_role', 'update_webhook', jsonb_build_object(
    'webhook_id', s.webhook_id, 'events', '["alert_opened", "two"]'::jsonb
)) is null
from private.webhook_subscriptions as s;
select rpc('pot_webhooks', 'fan_out_webhooks') is null;
select is(
    (
        select private.webhook_body(d)::jsonb #>> '{data,kind}'
        from private.webhook_deliveries as d
        where d.kind = 'alert_opened'
    ),
    'delivery_dead', 'which webhooks are told of'
);
select rpc('pot_webhooks', 'report_delivery', jsonb_build_object(
    'delivery_id', c -> 'delivery_id', 'lease', c -> 'lease', 'status', 200
)) is null
from jsonb_array_elements(rpc('pot_webhooks', 'claim_deliveries')) as c;
select is(
    jsonb_array_length(rpc('service_role', 'list_webhook_deliveries', '{"status": "dead"}')), 1,
    'and in the list of dead letters'
);
select pass_time('30 days');
select is(rpc('pot_webhooks', 'claim_deliveries'), '[]', 'it is tried no more');

select rpc('service_role', 'replay_webhook', jsonb_build_object('webhook_id', s.webhook_id)) is null
from private.webhook_subscriptions as s;
select is(
    (
        select jsonb_build_array(c -> 'attempts', c ->> 'event_id' = e.event_id::text)
        from jsonb_array_elements(rpc('pot_webhooks', 'claim_deliveries')) as c
        cross join private.events as e
        where e.kind = 'one'
    ),
    '[1, true]', 'until it is replayed, under the same id'
);
select is(
    (select a.closed_at from private.alerts as a where a.kind = 'delivery_dead'), private.now(),
    'with nothing left to replay the alert closes'
);

-- A second webhook is given up on.
select rpc('service_role', 'create_webhook', '{"url": "https://gone.example/"}') is null;
update private.settings set webhook_retry_for = '1 millisecond' where only_row;
select private.log_event('two', null, '{}');
select rpc('pot_webhooks', 'fan_out_webhooks') is null;
select rpc('pot_webhooks', 'report_delivery', jsonb_build_object(
    'delivery_id', c -> 'delivery_id', 'lease', c -> 'lease', 'error', 'name'
)) is null
from jsonb_array_elements(rpc('pot_webhooks', 'claim_deliveries')) as c
where c ->> 'url' = 'https://gone.example/';
create function pg_temp.open_alerts() returns bigint language sql as $$
    select count(*)
    from private.alerts as a
    where a.kind = 'delivery_dead' and a.closed_at is null
$$;
select is(pg_temp.open_alerts(), 1::bigint, 'another dead letter is another alert');
select rpc('service_role', 'update_webhook', jsonb_build_object(
    'webhook_id', s.webhook_id, 'active', false
)) is null
from private.webhook_subscriptions as s
where s.url = 'https://hooks.example/';
select is(pg_temp.open_alerts(), 1::bigint, 'it is not of the webhook that is disabled');
select rpc('service_role', 'update_webhook', jsonb_build_object(
    'webhook_id', s.webhook_id, 'active', false
)) is null
from private.webhook_subscriptions as s
where s.url = 'https://gone.example/';
select is(pg_temp.open_alerts(), 0::bigint, 'disabling the one that is gone closes it');

select * from finish();
rollback;
