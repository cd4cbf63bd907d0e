-- The answer has all a signer needs to check and sign; the pot is settling from then on.

begin;
\ir ../support/helpers.sql
select plan(8);

select freeze_time('2030-01-01 12:00:00Z');
select register_keys();
select open_pot('big');
select bring_to('big', 'locked');
select is(rpc('pot_settlement', 'claim_settlement'), null, 'unattested is not due');
select refused(
    'pot_settlement', 'claim_settlement', on_pot('big'), 'PT409', 'wrong_state',
    '{
        "status": "locked", "attested": false, "scanned": true,
        "leased_until": null,
        "reveal_by": "2030-01-01T12:10:00.000000Z"
    }', 'nor claimed by name'
);
select attest('big');
-- The lobby heard of it a while ago.
update private.lobby_pulses set sent_at = '-infinity' where pot_id = pot_id('big');
select look_at_tables();
create temporary table answer on commit drop as
select rpc('pot_settlement', 'claim_settlement') as body;
select is(
    changed_tables(),
    '{pots,pots_audit,private.actors,private.events,private.lobby_pulses,private.log_pending,'
    'private.pot_states,realtime.messages}',
    'what it writes'
);
select is(
    a.body,
    jsonb_build_object(
        'pot_id', p.id, 'status', 'settling', 'draw_version', 1,
        'rules_text', p.rules_text, 'rules_hash', p.rules_hash, 'commit_tag', p.commit_tag,
        'commit_hash', commit_hash('big'), 'entries_root', p.entries_root, 'total_tickets', 10,
        'lock_digest', p.lock_digest, 'locked_at', '2030-01-01T12:00:00.000000Z',
        'beacon_chain_hash', null, 'beacon_round', null,
        'reveal_by', '2030-01-01T12:10:00.000000Z',
        'lease_until', '2030-01-01T12:01:00.000000Z',
        'orchestrator', jsonb_build_object(
            'kid', private.key_id('orchestrator', decode(public_key('orchestrator'), 'hex')),
            'public_key', public_key('orchestrator'),
            'signature', lock_signature('big')
        )
    ),
    'what it answers'
)
from answer as a
cross join pot('big') as p;
select is((pot('big')).status, 'settling', 'the pot is settling');
select refused(
    'pot_settlement', 'claim_settlement', on_pot('nowhere'), 'PT404', 'pot_not_found', '{}',
    'no such pot'
);

select * from finish();
rollback;
