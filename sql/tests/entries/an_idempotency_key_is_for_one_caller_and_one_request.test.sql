-- Other arguments or another player with the same key are refused; so nobody learns another's salt.

begin;
\ir ../support/helpers.sql
select plan(7);

select make_user('ann', 100);
select make_user('bob', 100);
select open_pot('big');
select open_pot('other');
select join_pot('ann', 'big', 2, 'key');

select refused(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 1, "idempotency_key": "key"}'),
    'PT409', 'idempotency_key_reused', '{}', 'another count'
);
select refused(
    'ann', 'join_pot', on_pot('other', '{"ticket_count": 2, "idempotency_key": "key"}'),
    'PT409', 'idempotency_key_reused', '{}', 'another pot'
);
select refused(
    'bob', 'join_pot', on_pot('big', '{"ticket_count": 2, "idempotency_key": "key"}'),
    'PT409', 'idempotency_key_reused', '{}', 'another player'
);
select ok(join_pot('ann', 'big', 1, 'key 2') ? 'entry_id', 'another key is another request');

select * from finish();
rollback;
