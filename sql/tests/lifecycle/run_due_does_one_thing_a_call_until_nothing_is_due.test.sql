-- Full or timed-out pots lock, those without players are refunded; paused ones wait; what is locked
-- is scanned once everything else is locked; NULL at last.

begin;
\ir ../support/helpers.sql
select plan(9);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 100);
select make_user('bob', 100);
select is(rpc('pot_orchestrator', 'run_due'), null, 'nothing to do');
select open_pot('full');
select fill('full');
select pass_time('1 millisecond');
select open_pot('timed', '{"fill_seconds": 60}');
select join_pot('ann', 'timed', 1);
select join_pot('bob', 'timed', 1);
select pass_time('1 millisecond');
select open_pot('lonely', '{"fill_seconds": 60}');
select join_pot('ann', 'lonely', 1);
select open_pot('paused', '{"fill_seconds": 60}');
select rpc('pot_compliance:carol', 'pause_pot', on_pot('paused', '{"reason": "a look"}'));
select open_pot('later', '{"fill_seconds": 3600}');

create function pg_temp.run_due()
returns jsonb
language sql
as $$
    select jsonb_build_array(n.name, r.did -> 'task', r.did -> 'result' -> 'status')
    from rpc('pot_orchestrator', 'run_due') as r (did)
    inner join unnest('{full,timed,lonely,paused,later}'::text[]) as n (name)
        on pot_id(n.name)::text = r.did ->> 'pot_id'
$$;
select is(pg_temp.run_due(), '["full", "lock", "locked"]', 'the full one is locked');
select is(pg_temp.run_due(), '["full", "scan", null]', 'and looked over');
select is(rpc('pot_orchestrator', 'run_due'), null, 'and no other is due');
select pass_time('60 seconds');
select is(pg_temp.run_due(), '["timed", "lock", "locked"]', 'then the oldest whose time has come');
select is(pg_temp.run_due(), '["lonely", "lock", "cancelled"]', 'then the next, refunded');
select is(pg_temp.run_due(), '["timed", "scan", null]', 'then what was locked is looked over');
select is(balance('ann'), 90::bigint, 'ann has paid for one of the two');
select is(rpc('pot_orchestrator', 'run_due'), null, 'the paused one is left alone');

select * from finish();
rollback;
