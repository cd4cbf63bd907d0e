-- A lock changes every entry of its pot and calls the guard of entries once, and for none of them.

begin;
\ir ../support/helpers.sql
select plan(3);

set local track_functions = 'all';
select make_user(n.name, 1000) from unnest('{ann,bob,cid}'::text[]) as n (name);
select open_pot('big', '{"max_tickets": 7, "max_per_user": 3}');
select join_pot(n.name, 'big', 2) from unnest('{ann,bob,cid}'::text[]) as n (name);
select join_pot('ann', 'big', 1);

create function pg_temp.calls(p_function text)
returns bigint
language sql
as $$
    select coalesce(sum(f.calls), 0)::bigint
    from pg_stat_xact_user_functions as f
    where f.funcname = p_function
$$;
select lock('big');
select is((pot('big')).total_tickets, 7::bigint, 'four entries are numbered');
select is(pg_temp.calls('tg_pot_entries__immutable'), 0::bigint, 'none is asked about by itself');
select is(pg_temp.calls('tg_pot_entries__while_open'), 1::bigint, 'but all of them at once');

select * from finish();
rollback;
