-- page_size is 1 to 100, and NULL is no number of rows.

begin;
\ir ../support/helpers.sql
select plan(13);

select freeze_time('2030-01-01 12:00:00Z');
select stock(variadic array(select 'p' || n from generate_series(1, 101) as g (n)));
select rpc('pot_orchestrator', 'create_pot', on_pot(
    'p' || n, '{"entry_cost": 1, "max_tickets": 1, "max_per_user": 1, "min_participants": 1}'
)) is null
from generate_series(1, 101) as g (n);

select refused(
    'anon', 'list_pots', jsonb_build_object('page_size', s.size),
    'PT422', 'invalid_argument', '{"argument": "page_size", "expected": "1 to 100"}',
    coalesce(s.size::text, 'NULL') || ' is refused'
)
from unnest('{NULL,-1,0,101,2147483647}'::integer[]) as s (size);
select is(
    jsonb_array_length(rpc('anon', 'list_pots', jsonb_build_object('page_size', s.size))), s.size,
    s.size || ' is a page'
)
from unnest('{1,100}'::integer[]) as s (size);
select is(jsonb_array_length(rpc('anon', 'list_pots')), 20, '20 when not given');

select * from finish();
rollback;
