-- Where few pots could hold as much, these alone are looked at; where many could, all are walked:
-- either way the pages are the same, over any place, status and value.

begin;
\ir ../support/helpers.sql
select plan(16);

select make_user('ann', 10000);
select open_pot('crowd' || n) from generate_series(1, 199) as g (n);
select open_pot('a');
select open_pot('b');
select open_pot('full', '{"max_per_user": 10}');
select open_pot('done');
select open_pot('dear1', '{"entry_cost": 50}');
select open_pot('dear2', '{"entry_cost": 50}');
select join_pot('ann', 'a', 1);
select join_pot('ann', 'b', 2);
select join_pot('ann', 'full', 10);
select bring_to('done', 'locked');
select join_pot('ann', 'dear1', 3);
select join_pot('ann', 'dear2', 4);

create function pg_temp.listed(p_arguments jsonb)
returns text[]
language sql
as $$
    select coalesce(array_agg(n.name order by r.place), '{}')
    from jsonb_array_elements(rpc('anon', 'list_pots', p_arguments))
        with ordinality as r (pot, place)
    inner join unnest('{a,b,full,done,dear1,dear2}'::text[]) as n (name)
        on r.pot ->> 'id' = pot_id(n.name)::text
$$;

select is(
    (
        select count(*)
        from public.pots as p
        where p.entry_cost * p.max_tickets >= 10
    ), 205::bigint, 'many could hold 10'
);
select is(
    pg_temp.listed('{"min_value": 10}'::jsonb || s.status), s.found,
    format('those of 10 and more, the newest first: %s', s.status)
)
from (
    values
    ('{}'::jsonb, '{dear2,dear1,done,full,b,a}'::text[]),
    ('{"status": "open"}', '{dear2,dear1,full,b,a}')
) as s (status, found);
select is(
    pg_temp.listed(jsonb_build_object('min_value', 10, 'after', pot_id('full')) || s.status),
    '{b,a}', format('and after a place: %s', s.status)
)
from (values ('{}'::jsonb), ('{"status": "open"}')) as s (status);
select is(
    pg_temp.listed('{"min_value": 100, "max_value": 100}'::jsonb || s.status), s.found,
    format('full ones, at the border of what they can hold: %s', s.status)
)
from (
    values
    ('{}'::jsonb, '{done,full}'::text[]), ('{"status": "open"}', '{full}'),
    ('{"status": "locked"}', '{done}')
) as s (status, found);
select is(
    pg_temp.listed('{"min_value": 10, "max_value": 99}'), '{b,a}', 'none that holds more'
);

select is(
    (
        select count(*)
        from public.pots as p
        where p.entry_cost * p.max_tickets >= 150
    ), 2::bigint, 'few could hold 150'
);
select is(pg_temp.listed('{"min_value": 150}'), '{dear2,dear1}', 'both, the newest first');
select is(
    pg_temp.listed(jsonb_build_object('min_value', 150, 'after', pot_id('dear2'))), '{dear1}',
    'after a place'
);
select is(pg_temp.listed('{"min_value": 150, "page_size": 1}'), '{dear2}', 'a page of one');
select is(pg_temp.listed('{"min_value": 150, "max_value": 199}'), '{dear1}', 'up to a value');
select is(
    pg_temp.listed('{"min_value": 150, "status": "open"}'), '{dear2,dear1}', 'of their status'
);
select is(pg_temp.listed('{"min_value": 150, "status": "locked"}'), '{}', 'of another: none');

select * from finish();
rollback;
