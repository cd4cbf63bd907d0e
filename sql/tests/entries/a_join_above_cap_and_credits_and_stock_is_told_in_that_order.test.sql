-- Cap a player, then credits, then tickets left.

begin;
\ir ../support/helpers.sql
select plan(7);

select make_user('ann', 15);
select make_user('bob', 100);
select open_pot('big', '{"max_tickets": 4, "max_per_user": 3}');
select join_pot('bob', 'big', 3);

select refused(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 4}'), 'PT409', 'ticket_cap_exceeded',
    '{"max_per_user": 3, "held": 0, "left": 3}', 'too many, too dear and not there'
);
select refused(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 2}'), 'PT402', 'insufficient_credits',
    '{"balance": 15, "cost": 20}', 'too dear and not there'
);
select fund('ann', 5);
select refused(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 2}'), 'PT409', 'pot_full', '{"left": 1}',
    'not there'
);
select lives_ok($$ select join_pot('ann', 'big', 1) $$, 'the last one is');

select * from finish();
rollback;
