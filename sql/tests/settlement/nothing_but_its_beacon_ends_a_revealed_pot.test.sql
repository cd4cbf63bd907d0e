-- After a valid reveal there is no refund and no void, however long the beacon is missing: run_due
-- tells the operator and nothing else. Not even the tables' owner can do otherwise.

begin;
\ir ../support/helpers.sql
select plan(22);

select lock_for_the_beacon();
select register_keys();
select open_pot('big', '{"draw_version": 2}');
select bring_to('big', 'revealed');
select freeze_time('2023-09-15 11:01:02.999999Z');
select is(rpc('pot_orchestrator', 'run_due'), null, 'a minute after the round nothing is due yet');
select freeze_time('2023-09-15 11:01:03Z');
select is(
    rpc('pot_orchestrator', 'run_due'), on_pot('big', '{"task": "alert", "result": null}'),
    'then it tells'
);
select is(open_alerts(), '{beacon_late}', 'that the beacon is late');
select freeze_time('2033-01-01 00:00:00Z');
select is(
    rpc('pot_orchestrator', 'run_due'), on_pot('big', '{"task": "alert", "result": null}'),
    'ten years later it tells'
);
select is(open_alerts(), '{beacon_late,settlement_late}', 'that the settlement is late');
select is(rpc('pot_orchestrator', 'run_due'), null, 'and refunds nothing');
select refused(
    'pot_compliance:carol', 'void_pot', on_pot('big', '{"reason": "collusion"}'),
    'PT409', 'wrong_state', '{"status": "settling", "reason": "revealed"}', 'it cannot be voided'
);
select refused(
    'pot_compliance:carol', 'pause_pot', on_pot('big', '{"reason": "a look"}'),
    'PT409', 'wrong_state', '{"status": "settling", "paused": false}', 'nor paused'
);
select throws_ok(
    format('select private.cancel_pot(p, ''voided'') from public.pots as p where id = %L', p.id),
    '23514', 'a pot may not go from settling to cancelled like this',
    'no function of ours can cancel it'
)
from pot('big') as p;
select throws_ok(
    format('update public.pots as p set %s where p.id = %L', t.change, pot_id('big')),
    '23514', t.message, t.change
)
from (values
    ('reveal_seed = null', 'a pot may not go from settling to settling like this'),
    ('reveal_seed = reveal_seed', 'a pot may not go from settling to settling like this'),
    (
        format('reveal_seed = %L', repeat('ab', 32)),
        'a pot may not go from settling to settling like this'
    ),
    (
        format(
            'status = ''settled'', winner_user_id = %L, settled_at = locked_at', gen_random_uuid()
        ),
        'a pot may not go from settling to settled like this'
    )
) as t (change, message);
-- Settled as draw 1 is, with the chain's row but without a beacon.
select throws_ok(
    format(
        'select private.settle_pot(p, ''{}'', null) from public.pots as p where p.id = %L',
        pot_id('big')
    ),
    '23514', 'a pot may not go from settling to settled like this', 'it is not settled without one'
);
select is(escrow('big'), 100::bigint, 'the escrow is full');
select submit_beacon('big');
select is((pot('big')).status, 'settled', 'the beacon settles it, ten years late');
select is(open_alerts(), '{}', 'which closes the alerts');

-- A beacon for any other pot is refused by the table itself.
select open_pot('plain');
select bring_to('plain', 'settling');
select lock_for_the_beacon();
select open_pot('unrevealed', '{"draw_version": 2}');
select bring_to('unrevealed', 'settling');
select open_pot('early', '{"draw_version": 2}');
select bring_to('early', 'revealed');
select throws_ok(
    format(
        'insert into private.beacons select %L, b.signature, b.kid, b.attestation, %L '
        'from private.beacons as b',
        pot_id(t.pot), t.at
    ),
    '23514', 'this pot waits for no beacon', t.pot
)
from (values
    ('plain', '2040-01-01 00:00:00Z'), ('unrevealed', '2040-01-01 00:00:00Z'),
    ('early', '2023-09-15 11:00:02.999999Z')
) as t (pot, at);

select * from finish();
rollback;
