-- After a refusal the same key, even with other arguments, makes the first answer.

begin;
\ir ../support/helpers.sql
select plan(3);

select make_user('ann', 5);
select open_pot('big');
select refused(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 2, "idempotency_key": "key"}'),
    'PT402', 'insufficient_credits', '{"balance": 5, "cost": 20}', 'no credits yet'
);
select fund('ann', 95);
select is(join_pot('ann', 'big', 3, 'key') -> 'ticket_count', '3', 'the key is free');

select * from finish();
rollback;
