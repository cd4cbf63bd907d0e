-- Without enough in the wallet, or without a wallet, nothing is sold.

begin;
\ir ../support/helpers.sql
select plan(6);

select make_user('poor', 9);
select make_user('new');
select make_user('exact', 10);
select open_pot('big');

select refused(
    'poor', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT402', 'insufficient_credits',
    '{"balance": 9, "cost": 10}', 'one credit short'
);
select refused(
    'new', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT402', 'insufficient_credits',
    '{"balance": 0, "cost": 10}', 'no wallet yet'
);
select lives_ok($$ select join_pot('exact', 'big', 1) $$, 'the last credit counts');
select is(balance('exact'), 0::bigint, 'and is gone');

select * from finish();
rollback;
