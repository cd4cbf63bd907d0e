-- In a pot with an excluded entry whoever else joins is looked at no longer than in another pot,
-- alone or in a batch; its player alone is turned away.

begin;
\ir ../support/helpers.sql
select plan(7);

set local track_functions = 'all';
select freeze_time('2030-01-01 12:00:00Z');
select make_user(n.name, 1000) from unnest('{ann,bob,cid}'::text[]) as n (name);
select open_pot('big', '{"max_tickets": 400}');
select join_pot(n.name, 'big', 1) from unnest('{ann,bob}'::text[]) as n (name);
select rpc('pot_compliance:carol', 'exclude_entry', jsonb_build_object(
    'entry_id', entry_id('ann', 'big'), 'reason', 'one device'
));

create function pg_temp.calls(p_function text)
returns bigint
language sql
as $$
    select coalesce(sum(f.calls), 0)::bigint
    from pg_stat_xact_user_functions as f
    where f.funcname = p_function
$$;
create temporary table answer on commit drop as
select rpc('service_role', 'join_pots', jsonb_build_object('batch', (
    select jsonb_agg(
        on_pot('big', jsonb_build_object('user_id', user_id(n.name), 'ticket_count', 1))
        order by n.name
    )
    from unnest('{ann,bob,cid}'::text[]) as n (name)
))) as body;
select is(
    (
        select array_agg(coalesce(r.result ->> 'message', 'joined') order by r.place)
        from answer as a
        cross join lateral jsonb_array_elements(a.body -> 'results')
        with ordinality as r (result, place)
    ), '{account_blocked,joined,joined}', 'a batch turns one player away'
);
select is(
    a.body #>> '{results,0,details}', '{"reason": "excluded"}', 'and says why'
)
from answer as a;
select is(pg_temp.calls('join_as'), 1::bigint, 'who alone went through join_pot');

select ok(join_pot('bob', 'big', 1) ? 'entry_id', 'bob joins');
select is(pg_temp.calls('guard_join'), 0::bigint, 'and nothing is looked at a second time');
select is(
    join_pot('ann', 'big', 1) ->> 'message', 'account_blocked', 'ann is turned away by join_pot'
);
-- An entry of her own choice to leave is none that was excluded.
select join_pot('cid', 'big', 2);
select cancel_entry('cid', 'big');
select ok(join_pot('cid', 'big', 1) ? 'entry_id', 'who took an entry back joins again');

select * from finish();
rollback;
