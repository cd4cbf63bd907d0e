-- What was delivered counts whoever says so; that it failed counts from the holder alone. A second
-- report changes nothing.

begin;
\ir ../support/helpers.sql
select plan(8);

select freeze_time('2030-01-01 12:00:00Z');
select rpc('service_role', 'create_webhook', '{"url": "https://hooks.example/"}') is null;
select private.log_event('one', null, '{}');
select rpc('pot_webhooks', 'fan_out_webhooks') is null;
create function pg_temp.claim() returns jsonb language sql as $$
    select rpc('pot_webhooks', 'claim_deliveries', '{"lease_seconds": 10}') -> 0
$$;
create function pg_temp.report(p_claimed jsonb, p_answer jsonb) returns jsonb language sql as $$
    select rpc('pot_webhooks', 'report_delivery', jsonb_build_object(
        'delivery_id', p_claimed -> 'delivery_id', 'lease', p_claimed -> 'lease'
    ) || p_answer)
$$;

create temporary table first on commit drop as select pg_temp.claim() as c;
select is(f.c -> 'attempts', '1', 'a first attempt') from first as f;
select is(pg_temp.claim(), null, 'nobody else has it within the lease');
select pass_time('10 seconds');
create temporary table second on commit drop as select pg_temp.claim() as c;
select is(s.c -> 'attempts', '2', 'after it, somebody else tries') from second as s;
select is(s.c -> 'event_id', f.c -> 'event_id', 'under the same id')
from first as f cross join second as s;
select is(
    pg_temp.report(f.c, '{"error": "timeout"}') ->> 'status', 'pending',
    'that the first failed is of no account'
)
from first as f;
select is(
    (select jsonb_build_array(s.failures, d.lease is not null)
    from private.webhook_subscriptions as s cross join private.webhook_deliveries as d),
    '[0, true]', 'and the second still has its lease'
);
select is(
    pg_temp.report(f.c, '{"status": 204}') ->> 'status', 'delivered', 'that it got there counts'
)
from first as f;
select is(
    pg_temp.report(s.c, '{"error": "timeout"}') ->> 'status', 'delivered', 'and stays so'
)
from second as s;

select * from finish();
rollback;
