-- An event of a pot waits until the one before it is delivered or dead; other pots wait for nobody.
-- How far events have become deliveries nobody says but what makes them.

begin;
\ir ../support/helpers.sql
select plan(11);

select freeze_time('2030-01-01 12:00:00Z');
create function pg_temp.claimed() returns text[] language sql as $$
    select array_agg(c ->> 'kind' order by c ->> 'kind')
    from jsonb_array_elements(
        rpc('pot_webhooks', 'claim_deliveries', '{"per_webhook": 50}')
    ) as c
$$;
create function pg_temp.report(p_kind text, p_answer jsonb) returns text language sql as $$
    select rpc('pot_webhooks', 'report_delivery', jsonb_build_object(
        'delivery_id', d.delivery_id, 'lease', d.lease
    ) || p_answer) ->> 'status'
    from private.webhook_deliveries as d
    where d.kind = p_kind
$$;

select rpc('service_role', 'create_webhook', '{"url": "https://hooks.example/"}') is null;
select private.log_event('one', pot_id('a'), '{}');
select private.log_event('two', pot_id('a'), '{}');
select private.log_event('three', pot_id('a'), '{}');
select private.log_event('other', pot_id('b'), '{}');
select private.log_event('none', null, '{}');
select private.log_event('none_too', null, '{}');

select is(
    rpc('pot_webhooks', 'fan_out_webhooks') ->> 'deliveries', '6', 'a delivery an event'
);
select is(
    pg_temp.claimed(), '{none,none_too,one,other}', 'the first of each pot, and what has no pot'
);
select is(pg_temp.claimed(), null, 'the second waits while the first is under way');
select is(
    pg_temp.report('one', '{"status": 500, "error": "status"}'), 'pending', 'the first fails'
);
select is(pg_temp.claimed(), null, 'the second waits for the next attempt too');
select private.log_event('four', pot_id('a'), '{}');
select rpc('pot_webhooks', 'fan_out_webhooks') is null;
select pass_time('1 minute');
select is(pg_temp.claimed(), '{one}', 'of a webhook that fails one at a time, and in order');
select is(pg_temp.report('one', '{"status": 200}'), 'delivered', 'the first is delivered');
select is(pg_temp.claimed(), '{none,none_too,other,two}', 'then the second, and all else');
update private.settings set webhook_retry_for = '1 second' where only_row;
select pass_time('2 seconds');
select pg_temp.report('two', '{"error": "timeout"}') is null;
select pass_time('2 hours');
select is(pg_temp.claimed(), '{three}', 'after one that is dead, the next');
select refused(
    'pot_events', 'ack_events', '{"consumer": "webhooks", "up_to": 1}', 'PT422', 'invalid_argument',
    '{"argument": "consumer", "expected": "one that fan_out_webhooks does not move"}',
    'and no event is skipped by who has its own consumers'
);

select * from finish();
rollback;
