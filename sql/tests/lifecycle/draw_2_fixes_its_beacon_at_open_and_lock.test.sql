-- The rules of a pot with draw 2 name the chain in use when it opens; its lock fixes the first
-- round at or after 30 seconds later, and lock_digest covers both.

begin;
\ir ../support/helpers.sql
select plan(14);

select freeze_time('2023-09-15 10:00:00Z');
select open_pot('big', '{"draw_version": 2}');
select is(
    (pot('big')).rules_text,
    '{"beacon_chain_hash":"52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",'
    '"draw_version":2,"entry_cost":10,"max_per_user":5,"max_tickets":10,"min_participants":2}',
    'the rules name quicknet'
);
select is(
    rpc('anon', 'get_pot', on_pot('big')) #> '{fairness,beacon}',
    '{
        "chain_hash": "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
        "round": null, "round_time": null, "signature": null
    }', 'which everybody can see, and no round yet'
);
select open_pot('after', '{"draw_version": 2}');
select fill('after');
-- Another chain comes into use: what is open keeps its own.
select rpc('service_role', 'register_beacon_chain', jsonb_build_object(
    'chain_hash', repeat('ab', 32), 'public_key', '8' || repeat('1', 191),
    'scheme', 'bls-unchained-g1-rfc9380', 'genesis_time', 1600000000, 'period_seconds', 30
));
select rpc('service_role', 'use_beacon_chain', jsonb_build_object('chain_hash', repeat('ab', 32)));
select open_pot('next', '{"draw_version": 2}');
select is(
    (pot('next')).rules_text::jsonb ->> 'beacon_chain_hash', repeat('ab', 32),
    'a later one names the chain in use then'
);
select fill('big');
select lock_for_the_beacon();
select is(
    lock('big') -> 'beacon',
    '{
        "chain_hash": "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
        "round": 657413, "round_time": "2023-09-15T11:00:03.000000Z"
    }', 'the round exactly 30 seconds later'
);
select is(
    (pot('big')).lock_digest,
    encode(private.lock_digest(
        'pots', p.id, 2, decode(p.commit_hash, 'hex'), decode(p.rules_hash, 'hex'),
        decode(p.entries_root, 'hex'), 10, '2023-09-15 10:59:33Z',
        '\x52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971', 657413
    ), 'hex'),
    'lock_digest covers chain and round'
)
from pot('big') as p;
select is(
    (
        select a.metadata -> 'beacon' -> 'round'
        from public.pots_audit as a
        where a.pot_id = pot_id('big') and a.action = 'locked'
    ),
    '657413', 'so does the chain'
);
select is(m.payload -> 'beacon' -> 'round', '657413', 'and what the pot''s watchers hear')
from messages('pots:' || pot_id('big')) as m
where m.event = 'locked';

select open_pot('late', '{"draw_version": 2, "max_tickets": 2, "max_per_user": 1}');
select fill('late');
select freeze_time('2023-09-15 10:59:33.000001Z');
select is(lock('after') -> 'beacon' -> 'round', '657414', 'a microsecond later the next round');
select is(
    lock('late') -> 'beacon' -> 'round_time', '"2023-09-15T11:00:10.000000Z"',
    'its own chain: the first round of every 30 seconds'
);
select open_pot('plain');
select fill('plain');
select ok(not lock('plain') ? 'beacon', 'the lock of draw 1 has none');
select is(
    rpc('anon', 'get_pot', on_pot('plain')) #> '{fairness,beacon}', 'null', 'nor has get_pot'
);

select throws_ok(
    format('update private.pot_states as s set %s where s.pot_id = %L', t.change, pot_id(t.pot)),
    '23514', 'the beacon of a pot is fixed', t.change || ' of ' || t.pot
)
from (values
    ('big', 'beacon_round = 657414'), ('big', $$beacon_at = '2023-09-15 11:00:06Z'$$),
    ('next', 'beacon_chain_hash = null')
) as t (pot, change);

select * from finish();
rollback;
