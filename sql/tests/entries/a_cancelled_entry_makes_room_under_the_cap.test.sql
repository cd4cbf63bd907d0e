-- What was taken back does not count as held, and the player may join again up to the cap.

begin;
\ir ../support/helpers.sql
select plan(5);

select make_user('ann', 1000);
select open_pot('big', '{"max_per_user": 3}');
select join_pot('ann', 'big', 3);
select refused(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT409', 'ticket_cap_exceeded',
    '{"max_per_user": 3, "held": 3, "left": 0}', 'at the cap'
);
select cancel_entry('ann', 'big');
select refused(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 4}'), 'PT409', 'ticket_cap_exceeded',
    '{"max_per_user": 3, "held": 0, "left": 3}', 'four after cancelling'
);
select is(join_pot('ann', 'big', 3) -> 'tickets_sold', '3', 'three again');

select * from finish();
rollback;
