-- Attested by nobody, for another purpose, of another pot or round, or by a revoked key, a beacon
-- moves nothing; an event and an alert keep it, the pot's chain does not.

begin;
\ir ../support/helpers.sql
select plan(17);

select lock_for_the_beacon();
select register_keys();
select open_pot('big', '{"draw_version": 2}');
select open_pot('other', '{"draw_version": 2}');
select bring_to('big', 'revealed');
select bring_to('other', 'revealed');
select freeze_time('2023-09-15 11:00:03Z');
-- The party's pseudonym, and the alert that later ones are counted by.
select rpc('pot_beacon', 'submit_beacon', beacon_for('big', jsonb_build_object(
    'attestation', repeat('0', 128)
)));

select turned_away(
    'pot_beacon', 'submit_beacon', beacon_for('big', t.more), 'PT422', 'invalid_signature',
    '{"purpose": "beacon"}', '{private.alerts,private.events}', t.what
)
from (values
    (jsonb_build_object('attestation', attestation('big', 'stranger')), 'an unknown key'),
    (jsonb_build_object('attestation', attestation('big', 'settlement')), 'another purpose'),
    (jsonb_build_object('attestation', attestation('other')), 'replayed from another pot'),
    (
        jsonb_build_object('beacon_signature', '8' || substr(beacon_signature(), 2)),
        'for another signature of the round'
    ),
    (jsonb_build_object('attestation', repeat('f', 128)), 'no signature at all')
) as t (more, what);
select rpc('service_role', 'revoke_signing_key', jsonb_build_object(
    'kid', private.key_id('beacon', decode(public_key('beacon'), 'hex')), 'reason', 'lost'
));
select turned_away(
    'pot_beacon', 'submit_beacon', beacon_for('big'), 'PT422', 'invalid_signature',
    '{"purpose": "beacon"}', '{private.alerts,private.events}', 'a revoked key'
);
select is(
    (select (e.pot_id, e.data)::text from private.events as e order by e.id desc limit 1),
    (pot_id('big'), jsonb_build_object(
        'code', 'invalid_signature', 'beacon_signature', beacon_signature(),
        'attestation', attestation('big')
    ))::text, 'the event'
);
select is(
    (select a.occurrences from private.alerts as a where a.kind = 'beacon_rejected'), 7::bigint,
    'one alert, seven times'
);
select is((pot('big')).status, 'settling', 'the pot still waits');
select is(
    chain('big'), '{created,locked,attested,claimed,revealed}', 'its chain is as it was'
);
-- Nobody's key may be lost for good: another one attests.
select rpc('service_role', 'register_signing_key', jsonb_build_object(
    'purpose', 'beacon', 'public_key', public_key('other beacon')
));
select is(
    rpc('pot_settlement', 'submit_beacon', beacon_for('big', jsonb_build_object(
        'attestation', attestation('big', 'other beacon')
    ))) ->> 'status',
    'settled', 'a key registered after the reveal finishes the draw'
);

select * from finish();
rollback;
