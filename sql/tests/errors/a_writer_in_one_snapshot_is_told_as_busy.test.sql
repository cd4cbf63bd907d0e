-- Under repeatable read what is read under a lock may be older than the lock: every writer that
-- waits for one refuses, with busy; readers do not mind.

begin isolation level repeatable read;
\ir ../support/helpers.sql
select plan(27);

select make_user('ann');
select open_pot('big');
select refused(
    w.caller, w.name, w.arguments, 'PT503', 'busy',
    '{"reason": "transaction_isolation must be read committed"}', w.name
)
from (values
    ('ann', 'join_pot', on_pot('big', '{"ticket_count": 1}')),
    ('ann', 'cancel_entry', jsonb_build_object('entry_id', pot_id('nowhere'))),
    ('pot_treasury', 'grant_credits', jsonb_build_object(
        'user_id', user_id('ann'), 'amount', 1, 'reason', 'test', 'idempotency_key', null
    )),
    ('pot_orchestrator', 'lock_pot', on_pot('big')),
    ('pot_orchestrator', 'attest_lock', on_pot('big', jsonb_build_object(
        'orchestrator_signature', repeat('0', 128)
    ))),
    ('pot_orchestrator', 'rotate_pots', '{}'),
    ('pot_orchestrator', 'run_due', '{}'),
    ('pot_settlement', 'claim_settlement', '{}'),
    ('pot_settlement', 'reveal_pot', on_pot('big', jsonb_build_object(
        'reveal_seed', seed('big'), 'settlement_signature', repeat('0', 128)
    ))),
    ('pot_compliance:carol', 'pause_pot', on_pot('big', '{"reason": "a look"}')),
    ('pot_compliance:carol', 'resume_pot', on_pot('big', '{"reason": "fine"}')),
    ('pot_compliance:carol', 'void_pot', on_pot('big', '{"reason": "a test"}'))
) as w (caller, name, arguments);

select is(jsonb_array_length(rpc('anon', 'list_pots')), 1, 'list_pots answers');
select is(rpc('anon', 'get_pot', on_pot('big')) ->> 'status', 'open', 'get_pot answers');
select is(rpc('ann', 'my_wallet') -> 'balance', '0', 'my_wallet answers');

select * from finish();
rollback;
