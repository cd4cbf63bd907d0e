-- attest_lock verifies the signature over lock_digest and keeps it; the same signature again gets
-- the same answer, another one does not replace it.

begin;
\ir ../support/helpers.sql
select plan(23);

select freeze_time('2030-01-01 12:00:00Z');
select register_keys();
select open_pot('big');
select refused(
    'pot_orchestrator', 'attest_lock', on_pot('big', jsonb_build_object(
        'orchestrator_signature', repeat('0', 128)
    )),
    'PT409', 'wrong_state', '{"status": "open", "attested": false}', 'an open pot'
);
select bring_to('big', 'locked');
select look_at_tables();
create temporary table answer on commit drop as select attest('big') as body;
select is(
    changed_tables(),
    '{pots_audit,private.events,private.lock_attestations,private.log_pending,private.pot_states}',
    'what it writes'
);
select is(
    a.body,
    on_pot('big', jsonb_build_object(
        'kid', left(encode(sha256(
            convert_to('pots/kid/v1', 'UTF8') || '\x00' || convert_to('orchestrator', 'UTF8')
            || '\x00' || decode(public_key('orchestrator'), 'hex')
        ), 'hex'), 16),
        'attested_at', '2030-01-01T12:00:00.000000Z'
    )),
    'what it answers'
)
from answer as a;
select is(chain('big'), '{created,locked,attested}', 'the chain says so');
select pass_time('1 second');
select look_at_tables();
select is(attest('big'), a.body, 'the same signature, the same answer') from answer as a;
select is(changed_tables(), '{}', 'and nothing changed');
select refused(
    'pot_orchestrator', 'attest_lock', on_pot('big', jsonb_build_object(
        'orchestrator_signature', lock_signature('big', 'stranger')
    )),
    'PT409', 'wrong_state', '{"status": "locked", "attested": true}', 'another signature'
);
select refused(
    'pot_orchestrator', 'attest_lock', on_pot('nowhere', jsonb_build_object(
        'orchestrator_signature', repeat('0', 128)
    )),
    'PT404', 'pot_not_found', '{}', 'no such pot'
);
select refused(
    'pot_orchestrator', 'attest_lock', on_pot('nowhere', jsonb_build_object(
        'orchestrator_signature', s.signature
    )),
    'PT422', 'invalid_argument',
    '{"argument": "orchestrator_signature", "expected": "128 lower-case hex digits"}',
    coalesce(left(s.signature, 3), 'NULL')
)
from unnest(array[
    null, '', repeat('0', 127), repeat('0', 129), repeat('A', 128), repeat('g', 128)
]) as s (signature);

select * from finish();
rollback;
