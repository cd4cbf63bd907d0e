-- Paused is told as paused, even past the deadline, which does not pass meanwhile.

begin;
\ir ../support/helpers.sql
select plan(4);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 100);
select open_pot('big', '{"fill_seconds": 60}');
select rpc('pot_compliance:carol', 'pause_pot', on_pot('big', '{"reason": "a look"}'));
select refused(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT409', 'pot_paused', '{}', 'paused'
);
select pass_time('1 hour');
select refused(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT409', 'pot_paused', '{}',
    'still paused, an hour later'
);

select * from finish();
rollback;
