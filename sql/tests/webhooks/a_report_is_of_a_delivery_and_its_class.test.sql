-- What the deliverer may report: of a delivery that there is, a status of 200 to 299, or the class
-- of what went wrong.

begin;
\ir ../support/helpers.sql
select plan(15);

select freeze_time('2030-01-01 12:00:00Z');
select rpc('service_role', 'create_webhook', '{"url": "https://hooks.example/"}') is null;
select private.log_event('one', null, '{}');
select rpc('pot_webhooks', 'fan_out_webhooks') is null;
create temporary table claimed on commit drop as
select rpc('pot_webhooks', 'claim_deliveries', '{"lease_seconds": 10}') -> 0 as c;
create function pg_temp.report(p_answer jsonb) returns jsonb language sql as $$
    select jsonb_build_object('delivery_id', d.c -> 'delivery_id', 'lease', d.c -> 'lease')
        || p_answer
    from claimed as d
$$;

select refused(
    'pot_webhooks', 'report_delivery', pg_temp.report(a.answer),
    'PT422', 'invalid_argument', jsonb_build_object(
        'argument', 'error', 'expected', 'null with a status of 200 to 299, else its class'
    ),
    a.answer::text
)
from unnest(array[
    '{}', '{"status": 199}', '{"status": 300}', '{"error": "bored"}', '{"status": 200, "error": ""}'
]::jsonb[]) as a (answer);
select refused(
    'pot_webhooks', 'report_delivery', pg_temp.report('{"delivery_id": 0, "status": 204}'),
    'PT422', 'invalid_argument', '{"argument": "delivery_id", "expected": "a delivery"}',
    'a delivery that is not there'
);
select is(
    (select d.status || ' ' || d.attempts from private.webhook_deliveries as d), 'pending 1',
    'it is as it was'
);
select is(
    rpc('pot_webhooks', 'report_delivery', pg_temp.report('{"status": 299}')) ->> 'status',
    'delivered', 'the last status of success'
);
select is(
    (select d.status from private.webhook_deliveries as d), 'delivered', 'and it is noted'
);

select * from finish();
rollback;
