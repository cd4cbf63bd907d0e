-- Revealed pots without a beacon, the earliest round first, a page after the other.

begin;
\ir ../support/helpers.sql
select plan(13);

select register_keys();
select freeze_time('2023-09-15 10:59:39Z');
select open_pot('second', '{"draw_version": 2}');
select bring_to('second', 'revealed');
select lock_for_the_beacon();
select open_pot('first', '{"draw_version": 2}');
select open_pot('plain');
select open_pot('settling', '{"draw_version": 2}');
select bring_to('first', 'revealed');
select bring_to('plain', 'locked');
select bring_to('settling', 'settling');
select freeze_time('2023-09-15 10:59:42Z');
select open_pot('third', '{"draw_version": 2}');
select bring_to('third', 'revealed');

create function pg_temp.listed(p_arguments jsonb default '{}')
returns jsonb
language sql
as $$
    select coalesce(jsonb_agg(n.name order by l.place), '[]')
    from jsonb_array_elements(rpc('pot_beacon', 'list_awaited_beacons', p_arguments))
        with ordinality as l (item, place)
    inner join unnest('{first,second,third,plain,settling}'::text[]) as n (name)
        on pot_id(n.name)::text = l.item ->> 'pot_id'
$$;
select is(pg_temp.listed(), '["first", "second", "third"]', 'in order of time');
select is(pg_temp.listed('{"page_size": 2}'), '["first", "second"]', 'a page');
select is(
    pg_temp.listed(jsonb_build_object('page_size', 2, 'after', pot_id('second'))),
    '["third"]', 'the next'
);
select is(
    pg_temp.listed(jsonb_build_object('after', pot_id('third'))), '[]', 'and nothing after that'
);
select freeze_time('2023-09-15 11:00:03Z');
select submit_beacon('first');
select is(pg_temp.listed(), '["second", "third"]', 'a settled one waits no more');
select is(
    pg_temp.listed(jsonb_build_object('after', pot_id('first'))), '["second", "third"]',
    'and still marks its place'
);
select refused(
    'pot_beacon', 'list_awaited_beacons', t.arguments, t.code, t.token, t.details, t.what
)
from (values
    (
        '{"page_size": 0}'::jsonb, 'PT422', 'invalid_argument',
        '{"argument": "page_size", "expected": "1 to 1000"}'::jsonb, 'no page'
    ),
    (
        jsonb_build_object('after', pot_id('nowhere')), 'PT404', 'pot_not_found',
        '{"argument": "after"}', 'an unknown pot'
    ),
    (
        jsonb_build_object('after', pot_id('plain')), 'PT404', 'pot_not_found',
        '{"argument": "after"}', 'a pot without a beacon'
    )
) as t (arguments, code, token, details, what);
select is(
    rpc('pot_settlement', 'list_awaited_beacons'), rpc('pot_orchestrator', 'list_awaited_beacons'),
    'both services see the same'
);

select * from finish();
rollback;
