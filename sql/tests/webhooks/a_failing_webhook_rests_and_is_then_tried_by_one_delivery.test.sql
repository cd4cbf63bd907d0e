-- The circuit breaker: after five failures in a row nothing is sent for a while, then one delivery
-- alone; its success lets all go, its failure makes the pause longer. Others notice nothing.

begin;
\ir ../support/helpers.sql
select plan(14);

select freeze_time('2030-01-01 12:00:00Z');
create temporary table hook on commit drop as
select (rpc('service_role', 'create_webhook', jsonb_build_object(
    'url', 'https://' || h.name || '.example/', 'events', jsonb_build_array(h.kind)
)) ->> 'webhook_id')::uuid as id, h.name
from (values ('bad', 'b'), ('good', 'g')) as n (name, x)
cross join lateral (select n.name, 'kind_' || n.x as kind) as h;
grant select on hook to public;
create function pg_temp.claim(p_name text) returns setof jsonb language sql as $$
    select c
    from jsonb_array_elements(
        rpc('pot_webhooks', 'claim_deliveries', '{"max_deliveries": 100, "per_webhook": 3}')
    ) as c
    where c ->> 'webhook_id' = (select h.id::text from hook as h where h.name = p_name)
$$;
create function pg_temp.report(p_claimed jsonb, p_error text) returns jsonb language sql as $$
    select rpc('pot_webhooks', 'report_delivery', jsonb_build_object(
        'delivery_id', p_claimed -> 'delivery_id', 'lease', p_claimed -> 'lease',
        'status', case when p_error is null then 200 end, 'error', p_error
    ))
$$;
create function pg_temp.circuit() returns text language sql as $$
    select w ->> 'circuit'
    from jsonb_array_elements(rpc('service_role', 'list_webhooks')) as w
    where w ->> 'url' = 'https://bad.example/'
$$;

select private.log_event('kind_b', null, '{}') from generate_series(1, 20);
select private.log_event('kind_g', null, '{}') from generate_series(1, 2);
select rpc('pot_webhooks', 'fan_out_webhooks') is null;

create temporary table first on commit drop as select pg_temp.claim('bad') as claimed;
select is((select count(*) from first), 3::bigint, 'as many as may be under way');
select pg_temp.report(f.claimed, 'timeout') is null from first as f limit 1;
select is(
    (select count(*) from pg_temp.claim('bad')), 0::bigint,
    'after a failure no more while two are under way'
);
select pg_temp.report(f.claimed, 'timeout') is null from first as f offset 1;
select is((select count(*) from pg_temp.claim('bad')), 1::bigint, 'then one at a time');
select is(pg_temp.circuit(), 'closed', 'three failures are not enough');
do $$
begin
    perform pg_temp.report(to_jsonb(d), 'timeout')
    from private.webhook_deliveries as d
    where d.lease is not null and d.kind = 'kind_b';
    perform pg_temp.report(c, 'timeout') from pg_temp.claim('bad') as c;
end $$;
select is(pg_temp.circuit(), 'open', 'five are');
select is((select count(*) from pg_temp.claim('bad')), 0::bigint, 'nothing is sent');
select is(
    (
        select count(*)
        from private.webhook_deliveries as d
        where d.kind = 'kind_g' and d.lease is not null
    ),
    2::bigint, 'but to the other one everything was'
);
select ok(
    (
        select s.retry_at - private.now() between '15 seconds' and '30 seconds'
        from private.webhook_subscriptions as s
        where s.failures = 5
    ),
    'it rests for half a minute, or less by chance'
);
select freeze_time(s.retry_at - interval '1 microsecond')
from private.webhook_subscriptions as s
where s.failures = 5;
select is(pg_temp.circuit(), 'open', 'to the end');
select pass_time('1 microsecond');
select is(pg_temp.circuit(), 'half_open', 'then it is half open');
create temporary table probe on commit drop as select pg_temp.claim('bad') as claimed;
select is((select count(*) from probe), 1::bigint, 'then one is tried');
select is((select count(*) from pg_temp.claim('bad')), 0::bigint, 'and no other beside it');
select is(
    (
        select (pg_temp.report(p.claimed, 'timeout') ->> 'retry_at')::timestamptz - private.now()
            between '30 seconds' and '1 minute'
        from probe as p
    ),
    true, 'it fails, and the pause is twice as long'
);
select pass_time('1 minute');
select pg_temp.report(c, null) is null from pg_temp.claim('bad') as c;
select is(
    (select count(*) from pg_temp.claim('bad')), 3::bigint, 'a success lets all go again'
);

select * from finish();
rollback;
