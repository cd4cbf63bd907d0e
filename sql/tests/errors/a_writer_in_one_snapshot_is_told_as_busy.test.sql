-- Under repeatable read what is read under a lock may be older than the lock: every writer refuses,
-- with busy; readers do not mind.

begin isolation level repeatable read;
\ir ../support/helpers.sql
select plan(62);

select make_user('ann');
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
    ('pot_orchestrator', 'prepare_checkpoint', '{}'),
    ('pot_orchestrator', 'publish_checkpoint', '{"note": "a note"}'),
    ('pot_orchestrator', 'run_due', '{}'),
    ('pot_orchestrator', 'create_pot', '{"entry_cost": 1, "max_tickets": 2, "max_per_user": 1}'),
    ('pot_orchestrator', 'upsert_pot_template', '{
        "name": "small", "entry_cost": 1, "max_tickets": 2, "max_per_user": 1
    }'),
    ('service_role', 'register_signing_key', jsonb_build_object(
        'purpose', 'beacon',
        'public_key', 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'
    )),
    ('service_role', 'revoke_signing_key', jsonb_build_object(
        'kid', repeat('0', 16), 'reason', 'a test'
    )),
    ('service_role', 'register_beacon_chain', jsonb_build_object(
        'chain_hash', repeat('1', 64), 'public_key', repeat('8', 192),
        'scheme', 'bls-unchained-g1-rfc9380', 'genesis_time', 1, 'period_seconds', 3
    )),
    ('service_role', 'use_beacon_chain', jsonb_build_object('chain_hash', repeat('1', 64))),
    ('pot_settlement', 'add_commitments', jsonb_build_object('commitments', jsonb_build_array(
        jsonb_build_object('pot_id', pot_id('other'), 'commit_hash', repeat('1', 64))
    ))),
    ('pot_settlement', 'claim_settlement', '{}'),
    ('pot_settlement', 'reveal_pot', on_pot('big', jsonb_build_object(
        'reveal_seed', seed('big'), 'settlement_signature', repeat('0', 128)
    ))),
    ('pot_compliance:carol', 'pause_pot', on_pot('big', '{"reason": "a look"}')),
    ('pot_compliance:carol', 'resume_pot', on_pot('big', '{"reason": "fine"}')),
    ('pot_compliance:carol', 'void_pot', on_pot('big', '{"reason": "a test"}')),
    ('service_role', 'create_webhook', '{"url": "https://hooks.example/"}'),
    ('service_role', 'update_webhook', jsonb_build_object('webhook_id', pot_id('none'))),
    ('service_role', 'rotate_webhook_secret', jsonb_build_object('webhook_id', pot_id('none'))),
    ('service_role', 'replay_webhook', jsonb_build_object('webhook_id', pot_id('none'))),
    ('service_role', 'test_webhook', jsonb_build_object('webhook_id', pot_id('none'))),
    ('pot_webhooks', 'fan_out_webhooks', '{}'),
    ('pot_webhooks', 'claim_deliveries', '{}'),
    ('pot_webhooks', 'report_delivery', jsonb_build_object(
        'delivery_id', 1, 'lease', pot_id('none'), 'status', 200
    ))
) as w (caller, name, arguments);

select is(jsonb_array_length(rpc('anon', 'list_pots')), 0, 'list_pots answers');
select refused('anon', 'get_pot', on_pot('big'), 'PT404', 'pot_not_found', '{}', 'get_pot answers');
select is(rpc('ann', 'my_wallet') -> 'balance', '0', 'my_wallet answers');

select * from finish();
rollback;
