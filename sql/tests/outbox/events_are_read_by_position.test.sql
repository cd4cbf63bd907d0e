-- What has no position is not read; pages, kinds, cursors and their borders.

begin;
\ir ../support/helpers.sql
select plan(34);

select freeze_time('2030-01-01 12:00:00Z');
select rpc('pot_events', 'sequence_events');
select set_config('tests.before', (
    select coalesce(max(p.position), 0)::text from private.event_positions as p
), true);
create function pg_temp.page(p_more jsonb default '{}')
returns jsonb
language sql
as $$
    select rpc('pot_events', 'read_events', p_more)
$$;

select make_user('ann', 100);
select open_pot('big');
select join_pot('ann', 'big', 2);
select headers('{"x-correlation-id": "trace 7"}');
select cancel_entry('ann', 'big');
select is(pg_temp.page(), '[]', 'nothing has a position yet');
select is(
    rpc('pot_events', 'sequence_events'), '{"sequenced": 4, "position": 4}', 'now they have one'
);
select is(
    rpc('pot_events', 'sequence_events'), '{"sequenced": 0, "position": 4}', 'and keep it'
);
select is(
    jsonb_path_query_array(pg_temp.page(), '$[*].kind'),
    '["credits_granted", "pot_created", "pot_joined", "pot_entry_cancelled"]', 'in their order'
);
select is(
    pg_temp.page() -> 3,
    (
        select jsonb_build_object(
            'position', 4,
            'event_id', e.event_id,
            'kind', 'pot_entry_cancelled',
            'schema_version', 1,
            'pot_id', pot_id('big'),
            'actor', a.actor_id,
            'correlation_id', 'trace 7',
            'data', jsonb_build_object(
                'entry_id', entry_id('ann', 'big'),
                'entrant', left(n.entrant_tag, 16),
                'ticket_count', 2,
                'credits_refunded', 20,
                'entry_cost', 10,
                'tickets_sold', 0,
                'participant_count', 0
            ),
            'created_at', '2030-01-01T12:00:00.000000Z'
        )
        from private.events as e
        inner join private.actors as a on a.subject = user_id('ann')::text
        inner join public.pot_entries as n on n.id = entry_id('ann', 'big')
        where e.kind = 'pot_entry_cancelled'
    ),
    'an event as it leaves'
);
select is(
    jsonb_path_query_array(pg_temp.page('{"after": 1, "page_size": 2}'), '$[*].position'),
    '[2, 3]', 'a page after a position'
);
select is(pg_temp.page('{"after": 4}'), '[]', 'none after the last');
select is(
    jsonb_path_query_array(
        pg_temp.page('{"kinds": "{pot_joined,credits_granted,pot_joined,unheard}"}'),
        '$[*].position'
    ),
    '[1, 3]', 'of some kinds'
);
select is(
    jsonb_path_query_array(
        pg_temp.page('{"kinds": "{pot_joined,credits_granted}", "after": 1, "page_size": 1}'),
        '$[*].position'
    ),
    '[3]', 'of some kinds, after a position'
);
select is(
    rpc('pot_events', 'ack_events', '{"consumer": "mail:1", "up_to": 3}'),
    '{"consumer": "mail:1", "position": 3}', 'a consumer has dealt with three'
);
select is(
    jsonb_path_query_array(pg_temp.page('{"consumer": "mail:1"}'), '$[*].position'),
    '[4]', 'and gets the fourth'
);
select is(
    jsonb_path_query_array(pg_temp.page('{"consumer": "mail:1", "after": 2}'), '$[*].position'),
    '[3, 4]', 'unless it asks for others'
);
select is(
    jsonb_path_query_array(
        rpc('pot_events', 'list_event_consumers'), '$[*] ? (@.consumer == "mail:1")'
    ),
    '[{"consumer": "mail:1", "position": 3, "waiting": 1,
        "updated_at": "2030-01-01T12:00:00.000000Z"}]',
    'how far it is'
);
select is(
    jsonb_array_length(rpc('pot_compliance:carol', 'read_events')), 4, 'compliance reads, too'
);
select refused(
    'pot_events', 'read_events', r.arguments, 'PT422', 'invalid_argument', r.details, r.what
)
from (values
    ('{"page_size": 0}'::jsonb, '{"argument": "page_size", "expected": "1 to 1000"}'::jsonb,
        'no page'),
    ('{"page_size": 1001}', '{"argument": "page_size", "expected": "1 to 1000"}', 'a long page'),
    ('{"kinds": "{}"}', '{"argument": "kinds", "expected": "1 to 100 kinds of events"}',
        'no kind'),
    ('{"kinds": "{pot_joined,NULL}"}',
        '{"argument": "kinds", "expected": "1 to 100 kinds of events"}', 'a kind that is none'),
    ('{"consumer": "Mail"}', jsonb_build_object(
        'argument', 'consumer', 'expected', '1 to 63 of a-z, 0-9, _, ., : and -, a letter first'
    ), 'a name that is none')
) as r (arguments, details, what);
select refused(
    'pot_events', 'ack_events', r.arguments, 'PT422', 'invalid_argument', r.details, r.what
)
from (values
    ('{"consumer": "mail", "up_to": 5}'::jsonb,
        '{"argument": "up_to", "expected": "0 to 4"}'::jsonb, 'ahead of all events'),
    ('{"consumer": "mail", "up_to": -1}', '{"argument": "up_to", "expected": "0 to 4"}', 'below 0'),
    ('{"consumer": "mail", "up_to": null}', '{"argument": "up_to", "expected": "0 to 4"}',
        'to nowhere'),
    ('{"consumer": null, "up_to": 1}', jsonb_build_object(
        'argument', 'consumer', 'expected', '1 to 63 of a-z, 0-9, _, ., : and -, a letter first'
    ), 'nobody'),
    ('{"consumer": "a b", "up_to": 1}', jsonb_build_object(
        'argument', 'consumer', 'expected', '1 to 63 of a-z, 0-9, _, ., : and -, a letter first'
    ), 'a name with a space')
) as r (arguments, details, what);

select * from finish();
rollback;
