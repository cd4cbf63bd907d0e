-- An address that nobody has reached for a day gets a probe now and then; what waits behind it does
-- not wait for ever, and what is new is still tried.

begin;
\ir ../support/helpers.sql
select plan(4);

select freeze_time('2030-01-01 12:00:00Z');
select rpc('service_role', 'create_webhook', '{"url": "https://hooks.example/"}') is null;
select private.log_event('old', pot_id(n::text), '{}') from generate_series(1, 30) as n;
select private.log_event('old', pot_id('1'), '{}');
select rpc('pot_webhooks', 'fan_out_webhooks') is null;
create function pg_temp.fail() returns bigint language sql as $$
    select count(rpc('pot_webhooks', 'report_delivery', jsonb_build_object(
        'delivery_id', c -> 'delivery_id', 'lease', c -> 'lease', 'error', 'connection'
    )))
    from jsonb_array_elements(
        rpc('pot_webhooks', 'claim_deliveries', '{"max_deliveries": 5, "per_webhook": 5}')
    ) as c
$$;
select is(pg_temp.fail(), 5::bigint, 'five fail, and it rests');
select pass_time('23 hours');
select private.log_event('new', pot_id('1'), '{}');
select rpc('pot_webhooks', 'fan_out_webhooks') is null;
select pass_time('1 hour');
select is(pg_temp.fail(), 1::bigint, 'a day later the probe fails too');
select is(
    (
        select jsonb_object_agg(d.status || ' ' || d.kind, d.count)
        from (
            select d.status, d.kind, count(*) as count
            from private.webhook_deliveries as d
            group by d.status, d.kind
        ) as d
    ),
    '{"dead old": 31, "pending new": 1}', 'what is a day old is dead'
);
select is(
    (select d.next_attempt_at from private.webhook_deliveries as d where d.kind = 'new'),
    private.now(), 'and what came since is due'
);

select * from finish();
rollback;
