-- `updated` is sent by the first join after lobby_interval; what it left untold run_due sends.

begin;
\ir ../support/helpers.sql
select plan(6);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 1000);
select open_pot('big', '{"max_tickets": 100, "max_per_user": 100}');
create function pg_temp.told()
returns bigint[]
language sql
as $$
    select array_agg((m.payload -> 'tickets_sold')::bigint)
    from messages('pots:lobby') as m
    where m.event = 'updated'
$$;
select join_pot('ann', 'big', 1);
select is(pg_temp.told(), null, 'the lobby has just been told that it opened');
select pass_time('250 milliseconds');
select join_pot('ann', 'big', 1) is null from generate_series(1, 10);
select is(pg_temp.told(), '{2}', 'of ten joins at once one is told');
select pass_time('249 milliseconds');
select join_pot('ann', 'big', 1);
select rpc('pot_orchestrator', 'run_due');
select is(pg_temp.told(), '{2}', 'none within the interval');
select pass_time('1 millisecond');
select rpc('pot_orchestrator', 'run_due');
select is(pg_temp.told(), '{2,12}', 'then run_due tells what was left over');
select pass_time('1 second');
select rpc('pot_orchestrator', 'run_due');
select is(pg_temp.told(), '{2,12}', 'and nothing twice');
select cancel_entry('ann', 'big');
select is(pg_temp.told(), '{2,12,11}', 'a cancelled entry is told as well');

select * from finish();
rollback;
