-- A signature by no registered orchestrator key leaves a row of the chain and an alert; a valid one
-- closes the alert.

begin;
\ir ../support/helpers.sql
select plan(13);

select register_keys();
select open_pot('big');
select open_pot('other');
select bring_to('big', 'locked');
select bring_to('other', 'locked');

create temporary table forgery on commit drop as
select s.what, s.signature
from (values
    ('a stranger''s', lock_signature('big', 'stranger')),
    ('the settlement key''s', lock_signature('big', 'settlement')),
    ('that of another pot', lock_signature('other')),
    ('all zero', repeat('0', 128))
) as s (what, signature);
-- The alert that each is counted by.
select private.raise_alert('attest_rejected', pot_id('big'), '{}');
select turned_away(
    'pot_orchestrator', 'attest_lock', on_pot('big', jsonb_build_object(
        'orchestrator_signature', f.signature
    )),
    'PT422', 'invalid_signature', '{"purpose": "orchestrator"}',
    '{pots_audit,private.alerts,private.events,private.log_pending,private.pot_states}', f.what
)
from forgery as f;
select is(
    (
        select array_agg(a.metadata ->> 'signature' order by a.seq)
        from public.pots_audit as a
        where a.pot_id = pot_id('big') and a.action = 'attest_rejected'
    ),
    (select array_agg(f.signature) from forgery as f),
    'each is a row of the chain'
);
select is(
    (select jsonb_agg(jsonb_build_array(a.kind, a.pot_id, a.occurrences)) from private.alerts as a),
    jsonb_build_array(jsonb_build_array('attest_rejected', pot_id('big'), 5)), 'and counted'
);
select is((select count(*) from private.lock_attestations), 0::bigint, 'none is kept');
select ok(attest('big') ? 'kid', 'the right one is taken');
select is(open_alerts(), '{}', 'and closes the alert');

select * from finish();
rollback;
