-- max_per_user holds over several entries, and not over other pots or players.

begin;
\ir ../support/helpers.sql
select plan(6);

select make_user('ann', 1000);
select make_user('bob', 1000);
select open_pot('big', '{"max_per_user": 3}');
select open_pot('other', '{"max_per_user": 3}');
select join_pot('ann', 'big', 2);
select join_pot('ann', 'other', 3);
select join_pot('bob', 'big', 3);

select refused(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 2}'), 'PT409', 'ticket_cap_exceeded',
    '{"max_per_user": 3, "held": 2, "left": 1}', 'two more after two'
);
select lives_ok($$ select join_pot('ann', 'big', 1) $$, 'one more fits');
select refused(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT409', 'ticket_cap_exceeded',
    '{"max_per_user": 3, "held": 3, "left": 0}', 'and then none'
);
select is(sold('big'), '6 tickets to 2', 'six tickets of two participants');

select * from finish();
rollback;
