-- Neither when full nor past its time.

begin;
\ir ../support/helpers.sql
select plan(4);

select freeze_time('2030-01-01 12:00:00Z');
select open_pot('big', '{"fill_seconds": 60}');
select fill('big');
select rpc('pot_compliance:carol', 'pause_pot', on_pot('big', '{"reason": "a look"}'));
select refused('pot_orchestrator', 'lock_pot', on_pot('big'), 'PT409', 'pot_paused', '{}', 'full');
select pass_time('1 hour');
select refused('pot_orchestrator', 'lock_pot', on_pot('big'), 'PT409', 'pot_paused', '{}', 'late');

select * from finish();
rollback;
