-- The order of the contract: who has nothing right is told of the first thing that is wrong.

begin;
\ir ../support/helpers.sql
select plan(12);

select make_user('ann', 100);
select open_pot('big');
select bring_to('big', 'locked');

select refused(
    'authenticated', 'join_pot', '{"pot_id": null, "ticket_count": 0, "idempotency_key": ""}',
    'PT422', 'invalid_argument', '{"argument": "pot_id", "expected": "a value"}',
    'no pot, no tickets, no key, no login'
);
select refused(
    'authenticated', 'join_pot',
    on_pot('nowhere', '{"ticket_count": 0, "idempotency_key": ""}'),
    'PT422', 'invalid_ticket_count', '{"ticket_count": 0}', 'no tickets, no key, no login'
);
select refused(
    'authenticated', 'join_pot',
    on_pot('nowhere', '{"ticket_count": 99, "idempotency_key": ""}'),
    'PT422', 'invalid_argument',
    '{"argument": "idempotency_key", "expected": "1 to 255 characters"}',
    'no key, no login'
);
select refused(
    'authenticated', 'join_pot', on_pot('nowhere', '{"ticket_count": 99}'),
    'PT401', 'login_required', '{}', 'no login, unknown pot'
);
select refused(
    'ann', 'join_pot', on_pot('nowhere', '{"ticket_count": 99}'),
    'PT404', 'pot_not_found', '{}', 'unknown pot'
);
select refused(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 99}'),
    'PT409', 'pot_not_open', '{"status": "locked"}', 'the pot''s state before cap and credits'
);

select * from finish();
rollback;
