-- A receiver that says when to come back is sent nothing before, and no more than two hours later
-- than that it would be; one that is gone is sent nothing more until somebody enables it again.

begin;
\ir ../support/helpers.sql
select plan(18);

select freeze_time('2030-01-01 12:00:00Z');
select rpc('service_role', 'create_webhook', '{"url": "https://hooks.example/"}') is null;
select private.log_event('one', null, '{}') from generate_series(1, 4);
select rpc('pot_webhooks', 'fan_out_webhooks') is null;
create function pg_temp.claim() returns jsonb language sql as $$
    select rpc('pot_webhooks', 'claim_deliveries', '{"max_deliveries": 1}') -> 0
$$;
create function pg_temp.report(p_claimed jsonb, p_answer jsonb) returns jsonb language sql as $$
    select rpc('pot_webhooks', 'report_delivery', jsonb_build_object(
        'delivery_id', p_claimed -> 'delivery_id', 'lease', p_claimed -> 'lease', 'error', 'status'
    ) || p_answer) - '{delivery_id,attempts}'::text[]
$$;
create function pg_temp.hook(p_update jsonb default null) returns jsonb language sql as $$
    select rpc('service_role', 'update_webhook', p_update || jsonb_build_object(
        'webhook_id', s.webhook_id
    ))
    from private.webhook_subscriptions as s
$$;

create temporary table first on commit drop as select pg_temp.claim() as c;
create temporary table second on commit drop as select pg_temp.claim() as c;
select refused(
    'pot_webhooks', 'report_delivery', jsonb_build_object(
        'delivery_id', f.c -> 'delivery_id', 'lease', f.c -> 'lease',
        'status', 503, 'error', 'status', 'retry_after', -1
    ),
    'PT422', 'invalid_argument', '{"argument": "retry_after", "expected": "0 to 2147483647"}',
    'a time that is over before it begins'
)
from first as f;
select is(
    pg_temp.report(f.c, '{"status": 503, "retry_after": 600}'),
    '{
        "status": "pending", "next_attempt_at": "2030-01-01T12:10:00.000000Z",
        "retry_at": "2030-01-01T12:10:00.000000Z"
    }',
    'it is left alone for as long as it says'
)
from first as f;
select is(pg_temp.claim(), null, 'also by what else there is for it');
select is(
    pg_temp.report(s.c, '{"status": 429, "retry_after": 0}') ->> 'retry_at',
    '2030-01-01T12:10:00.000000Z', 'and what it says for less changes nothing of that'
)
from second as s;
select freeze_time('2030-01-01 12:09:59.999999Z');
select is(pg_temp.claim(), null, 'not a moment before');
select freeze_time('2030-01-01 12:10:00Z');
create temporary table third on commit drop as select pg_temp.claim() as c;
select ok(t.c is not null, 'then it is tried') from third as t;
select is(
    pg_temp.report(t.c, '{"status": 503, "retry_after": 2147483647}') ->> 'next_attempt_at',
    '2030-01-01T14:10:00.000000Z', 'two hours are the longest pause'
)
from third as t;
select freeze_time('2030-01-01 14:10:00Z');
create temporary table fourth on commit drop as select pg_temp.claim() as c;
select is(
    pg_temp.report(f.c, '{"status": 503}') ->> 'retry_at', '2030-01-01T14:10:00.000000Z',
    'who says nothing is not waited for'
)
from fourth as f;

-- What the old address said on its way out is not of the new one.
select pass_time('1 minute');
create temporary table late on commit drop as select pg_temp.claim() as c;
select pass_time('1 second');
select pg_temp.hook('{"url": "https://moved.example/"}') is null;
select is(
    pg_temp.report(l.c, '{"status": 410, "retry_after": 3600}') - 'next_attempt_at',
    '{"status": "pending", "retry_at": null}', 'an address that was left is not believed'
)
from late as l;
select is(
    (select s.active from private.webhook_subscriptions as s), true, 'and disables nothing'
);

create temporary table gone on commit drop as select pg_temp.claim() as c;
select is(
    pg_temp.report(g.c, '{"status": 410}') ->> 'status', 'dead', 'who is gone is not tried again'
)
from gone as g;
select is(
    (
        select e.data - '{webhook_id,events,min_prize}'::text[]
        from private.events as e
        where e.kind = 'webhook_updated'
        order by e.id desc
        limit 1
    ),
    '{"active": false}', 'its webhook is disabled, on record'
);
select is(
    (select a.detail -> 'status' from private.alerts as a where a.kind = 'delivery_dead'), '410',
    'and somebody is told'
);
select pass_time('1 day');
select is(pg_temp.claim(), null, 'nothing is sent to it a day later');
select is(pg_temp.hook('{"active": false}') -> 'active', 'false', 'somebody leaves it at that');
select is(open_alerts(), '{}', 'and has seen to the alert');
select pg_temp.hook('{"active": true}') is null;
select ok(pg_temp.claim() is not null, 'enabled again, it is sent what waits');

select * from finish();
rollback;
