-- A chain is what its hash was registered with; the same again changes nothing, other values are
-- refused, and what is no chain is too.

begin;
\ir ../support/helpers.sql
select plan(30);

create function pg_temp.chain(p_more jsonb default '{}')
returns jsonb
language sql
as $$
    select jsonb_build_object(
        'chain_hash', repeat('ab', 32), 'public_key', '8' || repeat('1', 191),
        'scheme', 'bls-unchained-g1-rfc9380', 'genesis_time', 1700000000, 'period_seconds', 2
    ) || p_more
$$;

select look_at_tables();
select is(
    rpc('service_role', 'register_beacon_chain', pg_temp.chain()),
    jsonb_build_object('chain_hash', repeat('ab', 32)),
    'a chain is registered'
);
select is(
    changed_tables(), '{private.actors,private.beacon_chains,private.events}', 'what it writes'
);
select look_at_tables();
select is(
    rpc('service_role', 'register_beacon_chain', pg_temp.chain()),
    jsonb_build_object('chain_hash', repeat('ab', 32)),
    'again: the same answer'
);
select is(changed_tables(), '{}', 'and nothing changes');

select refused(
    'service_role', 'register_beacon_chain', pg_temp.chain(t.more), 'PT409', 'wrong_state',
    jsonb_build_object(
        'chain_hash', repeat('ab', 32), 'reason', 'registered with other values'
    ),
    'another value: ' || t.more::text
)
from (values
    (jsonb_build_object('public_key', '8' || repeat('2', 191))),
    ('{"genesis_time": 1700000001}'), ('{"period_seconds": 3}')
) as t (more);
select refused(
    'service_role', 'register_beacon_chain', pg_temp.chain(t.more), 'PT422', 'invalid_argument',
    jsonb_build_object('argument', t.argument, 'expected', t.expected), t.what
)
from (values
    ('{"chain_hash": "AB"}'::jsonb, 'chain_hash', '64 lower-case hex digits', 'a short hash'),
    (
        jsonb_build_object('chain_hash', repeat('0', 64)), 'chain_hash',
        'the hash of a chain; zeros are no chain', 'the hash that means no chain'
    ),
    ('{"public_key": "83cf"}', 'public_key', '192 lower-case hex digits', 'a short key'),
    (
        jsonb_build_object('public_key', 'c' || repeat('0', 191)), 'public_key',
        'a compressed point of BLS12-381 G2', 'the point at infinity'
    ),
    (
        jsonb_build_object('public_key', '0' || repeat('1', 191)), 'public_key',
        'a compressed point of BLS12-381 G2', 'a point that is not compressed'
    ),
    (
        '{"scheme": "pedersen-bls-chained"}', 'scheme', 'bls-unchained-g1-rfc9380',
        'a scheme whose rounds cannot be told in advance'
    ),
    ('{"genesis_time": 1700000000000}', 'genesis_time', '1 to 4102444800', 'milliseconds'),
    ('{"period_seconds": 0}', 'period_seconds', '1 to 3600', 'no period')
) as t (more, argument, expected, what);

select throws_ok(
    format(
        'update private.beacon_chains as c set %s where c.chain_hash = repeat(''ab'', 32)', t.change
    ),
    '42501', null, 'and nobody changes it: ' || t.change
)
from (values ('period_seconds = 1'), ('genesis_time = 1')) as t (change);
select is(
    (select count(*) from private.events as e where e.kind = 'beacon_chain_registered'), 1::bigint,
    'one event'
);
select is(
    (select count(*) from private.beacon_chains), 2::bigint, 'beside quicknet'
);

select * from finish();
rollback;
