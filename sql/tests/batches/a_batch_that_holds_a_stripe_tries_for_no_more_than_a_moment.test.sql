-- A join looks for tickets in a stripe of its own first, which may take a wait. In a batch that
-- holds a stripe it asks private.try_tickets, which waits 10 ms at most (docs/decisions/0250).

begin;
\ir ../support/helpers.sql
select plan(4);

set local track_functions = 'all';
create function pg_temp.tries()
returns bigint
language sql
as $$
    select coalesce(sum(f.calls), 0)::bigint
    from pg_stat_xact_user_functions as f
    where f.funcname = 'try_tickets'
$$;

select make_user('ann', 100);
select open_pot('big', '{"max_tickets": 3200, "max_per_user": 100, "entry_cost": 1}');
select ok(join_pot('ann', 'big') ? 'entry_id', 'a join that finds tickets in its own stripe');
select is(pg_temp.tries(), 0::bigint, 'tries for no others');
set local pots.keeps_stripes = 'on';
select ok(join_pot('ann', 'big') ? 'entry_id', 'the same in a batch that holds a stripe');
select is(pg_temp.tries(), 1::bigint, 'is made where a wait is bounded');

select * from finish();
rollback;
