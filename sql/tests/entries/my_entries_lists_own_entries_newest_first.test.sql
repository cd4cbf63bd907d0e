-- One page after the other, of one pot or all; a cancelled entry stays in the list.

begin;
\ir ../support/helpers.sql
select plan(10);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 1000);
select make_user('bob', 1000);
select open_pot('big');
select open_pot('other');
select join_pot('ann', p.name, 1) is null
from unnest('{big,other,big,other,big}'::text[]) as p (name);
select join_pot('bob', 'big', 1);
select cancel_entry('ann', 'big');

select is(
    (
        select array_agg((e.entry ->> 'entry_id')::uuid order by e.place)
        from jsonb_array_elements(rpc('ann', 'my_entries')) with ordinality as e (entry, place)
    ),
    array(
        select e.id from public.pot_entries as e where e.user_id = user_id('ann') order by 1 desc
    ),
    'all five, of one moment by id'
);
select is(
    rpc('ann', 'my_entries', '{"page_size": 3}') || rpc('ann', 'my_entries', jsonb_build_object(
        'page_size', 3, 'after', rpc('ann', 'my_entries') -> 2 ->> 'entry_id'
    )),
    rpc('ann', 'my_entries'),
    'two pages make the whole'
);
select is(jsonb_array_length(rpc('ann', 'my_entries', on_pot('big'))), 3, 'of one pot');
select is(
    (
        select e.entry
        from jsonb_array_elements(rpc('ann', 'my_entries')) as e (entry)
        where e.entry ->> 'entry_id' = entry_id('ann', 'big')::text
    ),
    (
        select on_pot('big', jsonb_build_object(
            'entry_id', e.id, 'pot_status', 'open', 'ticket_count', 1, 'credits_spent', 10,
            'entrant', left(e.entrant_tag, 16), 'first_ticket', null,
            'created_at', '2030-01-01T12:00:00.000000Z',
            'cancelled_at', '2030-01-01T12:00:00.000000Z'
        ))
        from public.pot_entries as e
        where e.id = entry_id('ann', 'big')
    ),
    'the cancelled one with its fields'
);
select refused(
    'ann', 'my_entries', jsonb_build_object('page_size', s.size), 'PT422', 'invalid_argument',
    '{"argument": "page_size", "expected": "1 to 100"}', coalesce(s.size::text, 'NULL') || ' a page'
)
from unnest('{NULL,0,101}'::integer[]) as s (size);

select * from finish();
rollback;
