-- Seed first, then signature. Each rejection is a row of the chain, without the seed, and an alert.

begin;
\ir ../support/helpers.sql
select plan(20);

select register_keys();
select open_pot('big');
select open_pot('other');
select bring_to('big', 'settling');
select bring_to('other', 'settling');

-- The alert that each is counted by.
select private.raise_alert('reveal_rejected', pot_id('big'), '{}');
select turned_away(
    'pot_settlement', 'reveal_pot', reveal_of('big') || c.change,
    'PT422', c.token, '{}',
    '{pots_audit,private.alerts,private.events,private.log_pending,private.pot_states}', c.what
)
from (values
    ('reveal_mismatch', 'another seed', jsonb_build_object('reveal_seed', repeat('11', 32))),
    ('reveal_mismatch', 'the other pot''s', reveal_of('other') - 'pot_id'),
    ('reveal_mismatch', 'wrong in both', jsonb_build_object(
        'reveal_seed', repeat('11', 32), 'settlement_signature', repeat('0', 128)
    )),
    ('invalid_signature', 'no signature', jsonb_build_object(
        'settlement_signature', repeat('0', 128)
    )),
    ('invalid_signature', 'a stranger''s', jsonb_build_object(
        'settlement_signature', reveal_signature('big', 'stranger')
    )),
    ('invalid_signature', 'the orchestrator''s', jsonb_build_object(
        'settlement_signature', reveal_signature('big', 'orchestrator')
    )),
    ('invalid_signature', 'of the lock alone', jsonb_build_object(
        'settlement_signature', lock_signature('big', 'settlement')
    ))
) as c (token, what, change);
select is(
    array_agg(a.metadata order by a.seq),
    array(
        select jsonb_build_object('code', t.token)
        from unnest(
            '{reveal_mismatch,reveal_mismatch,reveal_mismatch,invalid_signature,'
            'invalid_signature,invalid_signature,invalid_signature}'::text[]
        ) as t (token)
    ),
    'the chain has each code'
)
from public.pots_audit as a
where a.pot_id = pot_id('big') and a.action = 'reveal_rejected';
select ok(
    not exists (
        select
        from public.pots_audit as a
        cross join unnest(array[seed('big'), seed('other'), repeat('11', 32)]) as s (seed)
        where a::text like '%' || s.seed || '%'
    ),
    'and no seed'
);
select is(
    (select jsonb_agg(jsonb_build_array(a.kind, a.pot_id, a.occurrences)) from private.alerts as a),
    jsonb_build_array(jsonb_build_array('reveal_rejected', pot_id('big'), 8)), 'and an alert'
);
select is((pot('big')).status, 'settling', 'the pot waits for the right one');
select is(reveal('big') ->> 'status', 'settled', 'which settles it');
select is(open_alerts(), '{}', 'and closes the alert');

select * from finish();
rollback;
