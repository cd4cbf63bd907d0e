-- What it signed before stays valid; new signatures, of either purpose, are turned away.

begin;
\ir ../support/helpers.sql
select plan(6);

select register_keys();
select open_pot('old');
select open_pot('new');
select open_pot('mid');
select bring_to('old', 'settled');
select bring_to('new', 'locked');
select bring_to('mid', 'settling');
create temporary table proof on commit drop as
select rpc('anon', 'get_proof', on_pot('old')) as before;
select rpc('service_role', 'revoke_signing_key', jsonb_build_object(
    'kid', k.kid, 'reason', 'rotated'
))
from private.signing_keys as k;
-- The alerts that they are counted by.
select private.raise_alert('attest_rejected', pot_id('new'), '{}');
select private.raise_alert('reveal_rejected', pot_id('mid'), '{}');

select turned_away(
    'pot_orchestrator', 'attest_lock', on_pot('new', jsonb_build_object(
        'orchestrator_signature', lock_signature('new')
    )),
    'PT422', 'invalid_signature', '{"purpose": "orchestrator"}',
    '{pots_audit,private.alerts,private.events,private.log_pending,private.pot_states}',
    'a new attestation'
);
select turned_away(
    'pot_settlement', 'reveal_pot', reveal_of('mid'),
    'PT422', 'invalid_signature', '{}',
    '{pots_audit,private.alerts,private.events,private.log_pending,private.pot_states}',
    'a new reveal'
);
select is(rpc('anon', 'get_proof', on_pot('old')), p.before, 'the old proof stands')
from proof as p;
select ok(attest('mid') ? 'kid', 'what was attested before still is');

select * from finish();
rollback;
