-- locks_at is the sole deadline, also while nobody has locked the pot yet.

begin;
\ir ../support/helpers.sql
select plan(7);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 100);
select open_pot('big', '{"fill_seconds": 60}');
select open_pot('full', '{"fill_seconds": 60}');
select fill('full');
select freeze_time('2030-01-01 12:00:59.999999Z');
select lives_ok($$ select join_pot('ann', 'big', 1) $$, 'a microsecond before it is in time');
select refused(
    'ann', 'join_pot', on_pot('full', '{"ticket_count": 1}'), 'PT409', 'pot_full', '{"left": 0}',
    'in time for a pot that is full'
);
select freeze_time('2030-01-01 12:01:00Z');
select refused(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT409', 'pot_not_open',
    '{"status": "open"}', 'at the deadline it is not'
);
select refused(
    'ann', 'join_pot', on_pot('full', '{"ticket_count": 1}'), 'PT409', 'pot_not_open',
    '{"status": "open"}', 'which is told before that a pot is full'
);

select * from finish();
rollback;
