-- Sent again is one delivery that has ended, of this webhook, or all its dead ones, from a position
-- on if one is given; under the ids that they had.

begin;
\ir ../support/helpers.sql
select plan(21);

select freeze_time('2030-01-01 12:00:00Z');
select rpc('service_role', 'create_webhook', jsonb_build_object('url', u)) is null
from unnest(array['https://one.example/', 'https://two.example/']) as u;
select private.log_event(e, null, '{}') from unnest(array['one', 'two', 'three']) as e;
select rpc('pot_webhooks', 'fan_out_webhooks') is null;

create function pg_temp.webhook(p_name text) returns uuid language sql as $$
    select s.webhook_id
    from private.webhook_subscriptions as s
    where s.url = format('https://%s.example/', p_name)
$$;
-- The deliveries of a webhook, in the order of their events.
create function pg_temp.delivery(p_name text, p_place integer) returns bigint language sql as $$
    select d.delivery_id
    from private.webhook_deliveries as d
    where d.webhook_id = pg_temp.webhook(p_name)
    order by d.position
    offset p_place - 1 limit 1
$$;
create function pg_temp.end_all(p_status text) returns void language sql as $$
    update private.webhook_deliveries as d
    set status = p_status, ended_at = private.now(), next_attempt_at = null
    where true
$$;
create function pg_temp.replay(p_name text, p_more jsonb) returns jsonb language sql as $$
    select rpc('service_role', 'replay_webhook',
        jsonb_build_object('webhook_id', pg_temp.webhook(p_name)) || p_more) -> 'replayed'
$$;
create function pg_temp.pending() returns text[] language sql as $$
    select array_agg(format('%s %s', split_part(s.url, '/', 3), d.attempts) order by d.delivery_id)
    from private.webhook_deliveries as d
    inner join private.webhook_subscriptions as s on d.webhook_id = s.webhook_id
    where d.status = 'pending'
$$;

select refused(
    'service_role', 'replay_webhook', jsonb_build_object(
        'webhook_id', pg_temp.webhook('one'), 'delivery_id', pg_temp.delivery('one', 1),
        'from_position', 1
    ),
    'PT422', 'invalid_argument',
    '{"argument": "from_position", "expected": "null when delivery_id is given"}',
    'one delivery, and those from a position on'
);
select refused(
    'service_role', 'replay_webhook', jsonb_build_object(
        'webhook_id', pg_temp.webhook('one'), 'delivery_id', d.id
    ),
    'PT422', 'invalid_argument',
    '{"argument": "delivery_id", "expected": "a delivery of this webhook"}', d.what
)
from (values
    (pg_temp.delivery('two', 1), 'one of another webhook'), (0::bigint, 'one that is not there')
) as d (id, what);
select refused(
    'service_role', 'replay_webhook', jsonb_build_object(
        'webhook_id', pg_temp.webhook('one'), 'delivery_id', pg_temp.delivery('one', 1)
    ),
    'PT409', 'wrong_state', '{"status": "pending"}', 'one that is on its way'
);
select is(pg_temp.replay('one', '{}'), '0', 'none is dead');

select pg_temp.end_all('delivered');
select is(pg_temp.replay('one', '{}'), '0', 'what was delivered is not dead');
select is(
    (select count(*) from private.events as e where e.kind = 'webhook_replayed'), 0::bigint,
    'and that nothing is sent again is no event'
);
select is(
    pg_temp.replay('one', jsonb_build_object('delivery_id', pg_temp.delivery('one', 2))), '1',
    'but is sent again if it is named'
);
select is(pg_temp.pending(), '{one.example 0}'::text[], 'it alone');

select pg_temp.end_all('dead');
select is(
    pg_temp.replay('one', jsonb_build_object('from_position', d.position)), '2',
    'dead ones from a position on'
)
from private.webhook_deliveries as d
where d.delivery_id = pg_temp.delivery('one', 2);
select is(pg_temp.pending(), '{one.example 0,one.example 0}'::text[], 'of this webhook');
select is(
    (select d.status from private.webhook_deliveries as d
    where d.delivery_id = pg_temp.delivery('one', 1)), 'dead', 'not those before'
);
select is(pg_temp.replay('one', '{}'), '1', 'all that are dead');
select is(
    cardinality(pg_temp.pending()), 3, 'are sent, and those of another webhook stay dead'
);

-- The first event is in a file of the archive.
insert into private.archive_months (month, opened_at, detached_at, file_hash)
values ('2020-02-01', now(), now(), repeat('0', 64));
insert into private.carried_positions (from_position, to_position, month)
select d.position as from_position, d.position as to_position, date '2020-02-01' as month
from private.webhook_deliveries as d
where d.delivery_id = pg_temp.delivery('one', 1);
select pg_temp.end_all('dead');
select refused(
    'service_role', 'replay_webhook', jsonb_build_object(
        'webhook_id', pg_temp.webhook('one'), 'delivery_id', pg_temp.delivery('one', 1)
    ),
    'PT409', 'wrong_state', '{"status": "detached"}', 'one whose event is in the archive'
);
select is(pg_temp.replay('one', '{}'), '2', 'of all that are dead, it is left out');

select * from finish();
rollback;
