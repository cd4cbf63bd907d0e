-- status narrows to one of the five states; min_value and max_value bound credits_committed, both
-- inclusive.

begin;
\ir ../support/helpers.sql
select plan(15);

select make_user('ann', 1000);
select open_pot('empty');
select open_pot('ten');
select open_pot('thirty');
select open_pot('locked');
select join_pot('ann', 'ten', 1);
select join_pot('ann', 'thirty', 3);
select bring_to('locked', 'locked');

create function pg_temp.listed(p_arguments jsonb)
returns text[]
language sql
as $$
    select array_agg(n.name order by n.name)
    from jsonb_array_elements(rpc('anon', 'list_pots', p_arguments)) as r (pot)
    inner join unnest('{empty,ten,thirty,locked}'::text[]) as n (name)
        on r.pot ->> 'id' = pot_id(n.name)::text
$$;

select is(pg_temp.listed('{}'), '{empty,locked,ten,thirty}', 'all without a filter');
select is(pg_temp.listed('{"status": "open"}'), '{empty,ten,thirty}', 'the open ones');
select is(pg_temp.listed('{"status": "locked"}'), '{locked}', 'the locked one');
select is(pg_temp.listed('{"status": "settled"}'), null, 'none is settled');
select is(pg_temp.listed('{"min_value": 10}'), '{locked,ten,thirty}', 'min_value is inclusive');
select is(pg_temp.listed('{"min_value": 11}'), '{locked,thirty}', 'and a lower bound');
select is(pg_temp.listed('{"max_value": 30}'), '{empty,ten,thirty}', 'max_value is inclusive');
select is(pg_temp.listed('{"max_value": 29}'), '{empty,ten}', 'and an upper bound');
select is(pg_temp.listed('{"min_value": 1, "max_value": 99, "status": "open"}'), '{ten,thirty}',
    'all together');

-- What a locked pot holds, and what a full one would, is told by its row: at the border both count.
create temporary table held on commit drop as
select (r.pot ->> 'credits_committed')::bigint as credits
from jsonb_array_elements(rpc('anon', 'list_pots', '{"status": "locked"}')) as r (pot);
grant select on held to public;
create function pg_temp.bounded(p_least bigint, p_most bigint, p_status text)
returns text[]
language sql
as $$
    select pg_temp.listed(jsonb_strip_nulls(jsonb_build_object(
        'min_value', p_least, 'max_value', p_most, 'status', p_status
    )))
$$;
select is(
    pg_temp.bounded(h.credits + b.least, h.credits + b.most, s.status), b.found,
    format('%s, %s to %s of what it holds', coalesce(s.status, 'any status'), b.least, b.most)
)
from held as h
cross join (values (null), ('locked')) as s (status)
cross join (
    values (0, 0, '{locked}'::text[]), (1, 1, null), (-1, -1, null)
) as b (least, most, found);

select * from finish();
rollback;
