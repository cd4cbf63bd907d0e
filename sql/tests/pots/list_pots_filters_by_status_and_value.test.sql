-- status narrows to one of the five states; min_value and max_value bound credits_committed, both
-- inclusive.

begin;
\ir ../support/helpers.sql
select plan(9);

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

select * from finish();
rollback;
