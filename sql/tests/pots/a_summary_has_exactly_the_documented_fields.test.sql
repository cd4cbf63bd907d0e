-- PotSummary (contract, section 3): these fields, in this order, money and counts as numbers, and
-- the same in list_pots and get_pot.

begin;
\ir ../support/helpers.sql
select plan(3);

select freeze_time('2030-01-02 03:04:05.000006Z');
select make_user('ann', 1000);
select make_user('bob', 1000);
select open_pot('big', '{"entry_cost": 7, "max_tickets": 9, "fill_seconds": 60}');
select join_pot('ann', 'big', 2);
select join_pot('ann', 'big', 1);
select join_pot('bob', 'big', 1);

select is(
    (
        select array_agg(a.attname::text order by a.attnum)
        from pg_attribute as a
        where a.attrelid = 'public.pot_summary'::regclass
    ),
    string_to_array(
        'id status paused entry_cost max_tickets max_per_user tickets_sold credits_committed '
        'participant_count fill_percent draw_version commit_tag commit_hash version created_at '
        'locks_at locked_at settled_at', ' '
    ),
    'the fields, in order'
);
select is(
    rpc('anon', 'list_pots') -> 0,
    jsonb_build_object(
        'id', pot_id('big'),
        'status', 'open',
        'paused', false,
        'entry_cost', 7,
        'max_tickets', 9,
        'max_per_user', 5,
        'tickets_sold', 4,
        'credits_committed', 28,
        'participant_count', 2,
        'fill_percent', 44.44,
        'draw_version', 1,
        'commit_tag', encode(sha256(
            convert_to('pots/commit-tag/v1', 'UTF8') || '\x00' || uuid_send(pot_id('big'))
            || decode(commit_hash('big'), 'hex')
        ), 'hex'),
        'commit_hash', null,
        'version', 5,
        'created_at', '2030-01-02T03:04:05.000006Z',
        'locks_at', '2030-01-02T03:05:05.000006Z',
        'locked_at', null,
        'settled_at', null
    ),
    'a row of list_pots: the commitment is tagged, and not shown before lock'
);
select ok(
    rpc('anon', 'get_pot', on_pot('big')) @> (rpc('anon', 'list_pots') -> 0),
    'get_pot says the same'
);

select * from finish();
rollback;
