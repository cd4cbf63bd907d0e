-- A beacon is for a revealed pot with draw 2, from its round's time on, in its form.

begin;
\ir ../support/helpers.sql
select plan(28);

select lock_for_the_beacon();
select register_keys();
select open_pot('plain');
select open_pot('big', '{"draw_version": 2}');
select open_pot('void', '{"draw_version": 2}');
select bring_to('plain', 'settling');
select bring_to('void', 'locked');
select bring_to('big', 'locked');
select freeze_time('2023-09-15 11:00:03Z');
select refused(
    'pot_beacon', 'submit_beacon', beacon_for('big'), 'PT409', 'wrong_state',
    '{"status": "locked", "draw_version": 2, "revealed": false}', 'locked'
);
select lock_for_the_beacon();
select attest('big');
select claim('big');
select freeze_time('2023-09-15 11:00:03Z');
select refused(
    'pot_beacon', 'submit_beacon', beacon_for('big'), 'PT409', 'wrong_state',
    '{"status": "settling", "draw_version": 2, "revealed": false}', 'not revealed'
);
select refused(
    'pot_beacon', 'submit_beacon', beacon_for('plain'), 'PT409', 'wrong_state',
    '{"status": "settling", "draw_version": 1, "revealed": false}', 'with draw 1'
);
select rpc('pot_compliance:carol', 'void_pot', on_pot('void', '{"reason": "collusion"}'));
select refused(
    'pot_beacon', 'submit_beacon', beacon_for('void'), 'PT409', 'wrong_state',
    '{"status": "cancelled", "draw_version": 2, "revealed": false}', 'cancelled'
);

select lock_for_the_beacon();
select reveal('big');
select freeze_time('2023-09-15 11:00:02.999999Z');
select refused(
    'pot_beacon', 'submit_beacon', beacon_for('big'), 'PT409', 'wrong_state', '{
        "status": "settling", "reason": "the round has not been given yet",
        "beacon": {
            "chain_hash": "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
            "round": 657413, "round_time": "2023-09-15T11:00:03.000000Z"
        }
    }', 'a microsecond early'
);
select freeze_time('2023-09-15 11:00:03Z');
select refused(
    'pot_beacon', 'submit_beacon', beacon_for('big') || on_pot('nowhere'),
    'PT404', 'pot_not_found', '{}', 'no such pot'
);
select refused(
    'pot_beacon', 'submit_beacon',
    beacon_for('plain') || jsonb_build_object(t.argument, t.value),
    'PT422', 'invalid_argument',
    jsonb_build_object('argument', t.argument, 'expected', t.expected),
    format('%s: %s', t.argument, coalesce(t.value, 'NULL'))
)
-- Before anything else: the pot is one that takes no beacon.
from (values
    ('pot_id', null, 'a value'),
    ('beacon_signature', null, '96 lower-case hex digits'),
    ('beacon_signature', repeat('8', 94), '96 lower-case hex digits'),
    ('beacon_signature', upper(beacon_signature()), '96 lower-case hex digits'),
    ('beacon_signature', 'c' || repeat('0', 95), 'a compressed point of BLS12-381 G1'),
    ('beacon_signature', repeat('1', 96), 'a compressed point of BLS12-381 G1'),
    ('attestation', null, '128 lower-case hex digits'),
    ('attestation', repeat('0', 126), '128 lower-case hex digits')
) as t (argument, value, expected);

select * from finish();
rollback;
