-- A call that locks or refunds sends no pulse of another pot, which would be held until that call
-- ends. The next call sends it.

begin;
\ir ../support/helpers.sql
select plan(5);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 1000);
select open_pot('big', '{"max_tickets": 100, "max_per_user": 100}');
select join_pot('ann', 'big', 1);
select open_pot('full');
select fill('full');
select pass_time('1 second');
select forget_messages();

select is(rpc('pot_orchestrator', 'run_due') ->> 'task', 'lock', 'a pot is due');
select is(
    (select array_agg(m.event) from messages('pots:lobby') as m), '{locked}',
    'and the lobby hears of that one only'
);
select is(rpc('pot_orchestrator', 'run_due') ->> 'task', 'scan', 'then it is looked at');
select is(rpc('pot_orchestrator', 'run_due'), null, 'then nothing is due');
select is(
    (
        select array_agg(concat_ws(' ', m.event, m.payload ->> 'pot_id'))
        from messages('pots:lobby') as m
    ),
    array['locked ' || pot_id('full'), 'updated ' || pot_id('big')], 'and the lobby hears the rest'
);

select * from finish();
rollback;
