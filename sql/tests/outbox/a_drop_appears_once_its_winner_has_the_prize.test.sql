-- A settled pot appears in list_live_drops and on topic live-drops, once, with a public handle, the
-- prize and where its proof is.

begin;
\ir ../support/helpers.sql
select plan(12);

select freeze_time('2030-01-01 12:00:00Z');
select open_pot('one', '{"max_tickets": 2, "max_per_user": 1, "entry_cost": 7}');
select open_pot('two', '{"max_tickets": 2, "max_per_user": 1}');
select open_pot('old', '{"max_tickets": 2, "max_per_user": 1}');
select is(rpc('anon', 'list_live_drops'), '[]', 'none before a settlement');
select bring_to('one', 'settling');
select rpc('pot_compliance:carol', 'void_pot', on_pot('old', '{"reason": "a look"}'));
select is(rpc('anon', 'list_live_drops'), '[]', 'nor at a lock or a refund');
select forget_messages();
select reveal('one');
select is(
    rpc('anon', 'list_live_drops'),
    (
        select jsonb_build_array(jsonb_build_object(
            'drop_id', d.drop_id,
            'pot_id', pot_id('one'),
            'handle', rpc('anon', 'get_pot', on_pot('one')) #>> '{winner,entrant}',
            'prize', 14,
            'entry_cost', 7,
            'settled_at', '2030-01-01T12:00:00.000000Z',
            'dropped_at', '2030-01-01T12:00:00.000000Z',
            'proof', '/rest/v1/rpc/get_proof?pot_id=' || pot_id('one'),
            'version', private.pot_version(pot_id('one'))
        ))
        from private.live_drops as d
    ),
    'what a settled pot shows'
);
select is(
    (select array_agg(m.event) from messages('live-drops') as m), '{drop}',
    'and it is told on the topic'
);
select reveal('one');
select private.publish_drop(pot_id('one'));
select is(
    (select count(*) from messages('live-drops')), 1::bigint,
    'once, also when the reveal is repeated or a hold released again'
);
select is(
    (
        select row(count(*), max(e.data ->> 'prize'), max(e.data ->> 'entrant'))::text
        from private.events as e
        where e.kind = 'live_drop'
    ),
    row(1::bigint, '14', rpc('anon', 'get_pot', on_pot('one')) #>> '{winner,entrant}')::text,
    'and it is one event'
);

select pass_time('1 second');
select bring_to('two', 'settled');
select is(
    jsonb_path_query_array(rpc('anon', 'list_live_drops'), '$[*].pot_id'),
    jsonb_build_array(pot_id('two'), pot_id('one')), 'the newest first'
);
select is(
    jsonb_path_query_array(
        rpc('anon', 'list_live_drops', jsonb_build_object(
            'after', rpc('anon', 'list_live_drops', '{"page_size": 1}') #> '{0,drop_id}'
        )), '$[*].pot_id'
    ),
    jsonb_build_array(pot_id('one')), 'and the page after it'
);
select refused(
    'anon', 'list_live_drops', jsonb_build_object('page_size', s.size), 'PT422', 'invalid_argument',
    '{"argument": "page_size", "expected": "1 to 100"}', format('%s a page', s.size)
)
from (values (0), (101)) as s (size);

select * from finish();
rollback;
