-- Before both, lock_pot says what is missing.

begin;
\ir ../support/helpers.sql
select plan(6);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 100);
select open_pot('big', '{"fill_seconds": 60}');
select join_pot('ann', 'big', 3);
select freeze_time('2030-01-01 12:00:59.999999Z');
select refused(
    'pot_orchestrator', 'lock_pot', on_pot('big'), 'PT409', 'not_ready_to_lock',
    '{"locks_at": "2030-01-01T12:01:00.000000Z", "tickets_sold": 3, "max_tickets": 10}',
    'a microsecond before its time'
);
select refused(
    'pot_orchestrator', 'lock_pot', '{"pot_id": null}', 'PT422', 'invalid_argument',
    '{"argument": "pot_id", "expected": "a value"}', 'NULL'
);
select refused(
    'pot_orchestrator', 'lock_pot', on_pot('nowhere'), 'PT404', 'pot_not_found', '{}', 'no such pot'
);

select * from finish();
rollback;
