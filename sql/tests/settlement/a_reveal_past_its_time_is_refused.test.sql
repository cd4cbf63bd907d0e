-- reveal_timeout after the lock the players' refund is due, and no result may come any more.

begin;
\ir ../support/helpers.sql
select plan(5);

select freeze_time('2030-01-01 12:00:00Z');
select open_pot('big');
select open_pot('late');
select bring_to('big', 'settling');
select bring_to('late', 'settling');
select freeze_time('2030-01-01 12:09:59.999999Z');
select is(reveal('big') ->> 'status', 'settled', 'a microsecond before it is in time');
select freeze_time('2030-01-01 12:10:00Z');
select refused(
    'pot_settlement', 'reveal_pot', reveal_of('late'), 'PT409', 'wrong_state',
    '{"status": "settling"}', 'at ten minutes it is not'
);
select rpc('pot_orchestrator', 'run_due');
select refused(
    'pot_settlement', 'reveal_pot', reveal_of('late'), 'PT409', 'wrong_state',
    '{"status": "cancelled"}', 'nor after the refund'
);

select * from finish();
rollback;
