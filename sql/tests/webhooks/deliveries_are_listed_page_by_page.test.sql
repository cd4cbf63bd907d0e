-- The newest first; `after` is the last one of the page before, which the next page has not. A call
-- of fan_out_webhooks makes deliveries of so many events and goes on from there.

begin;
\ir ../support/helpers.sql
select plan(7);

select rpc('service_role', 'create_webhook', '{"url": "https://hooks.example/"}') is null;
select private.log_event(e, null, '{}') from unnest(array['one', 'two', 'three']) as e;
select rpc('pot_webhooks', 'fan_out_webhooks', '{"max_events": 1}') is null
from generate_series(1, 10);
create function pg_temp.page(p_more jsonb) returns jsonb language sql as $$
    select rpc('service_role', 'list_webhook_deliveries', p_more)
$$;
create function pg_temp.kinds(p_more jsonb) returns jsonb language sql as $$
    select jsonb_path_query_array(pg_temp.page(p_more), '$[*].kind')
$$;

select is(
    pg_temp.kinds('{}'), '["three", "two", "one"]', 'one event at a time, in the end of all'
);
select is(pg_temp.kinds('{"page_size": 2}'), '["three", "two"]', 'a page');
select is(
    pg_temp.kinds(
        jsonb_build_object('after', pg_temp.page('{"page_size": 2}') #> '{1,delivery_id}')
    ),
    '["one"]', 'the page after it'
);
select is(
    pg_temp.kinds(jsonb_build_object('after', pg_temp.page('{}') #> '{2,delivery_id}')),
    '[]', 'and none after the last'
);
select is(pg_temp.kinds('{"status": "dead"}'), '[]', 'none is dead');
select refused(
    'service_role', 'list_webhook_deliveries', '{"status": "lost"}', 'PT422', 'invalid_argument',
    '{"argument": "status", "expected": "pending, delivered or dead"}', 'a status that is none'
);

select * from finish();
rollback;
