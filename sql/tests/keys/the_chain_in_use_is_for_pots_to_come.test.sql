-- Quicknet is in use by default; another registered chain can be, and anybody can see which.

begin;
\ir ../support/helpers.sql
select plan(14);

create temporary table listed on commit drop as
select rpc('anon', 'list_beacon_chains') as body;
select is(
    body, jsonb_build_array(jsonb_build_object(
        'chain_hash', '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971',
        'public_key', '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c'
            '8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb'
            '5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a',
        'scheme', 'bls-unchained-g1-rfc9380',
        'genesis_time', 1692803367,
        'period_seconds', 3,
        'in_use', true
    )),
    'quicknet, in use'
)
from listed;
select refused(
    'service_role', 'use_beacon_chain', jsonb_build_object('chain_hash', t.hash),
    'PT422', 'invalid_argument',
    jsonb_build_object('argument', 'chain_hash', 'expected', t.expected), t.what
)
from (values
    (repeat('ab', 32), 'a registered chain', 'a chain that is not registered'),
    ('ab', '64 lower-case hex digits', 'no hash')
) as t (hash, expected, what);

select rpc('service_role', 'register_beacon_chain', jsonb_build_object(
    'chain_hash', repeat('ab', 32), 'public_key', '8' || repeat('1', 191),
    'scheme', 'bls-unchained-g1-rfc9380', 'genesis_time', 1700000000, 'period_seconds', 2
)) is null as registered \gset
select rpc('service_role', 'register_beacon_chain', jsonb_build_object(
    'chain_hash', repeat('cd', 32), 'public_key', '8' || repeat('1', 191),
    'scheme', 'bls-unchained-g1-rfc9380', 'period_seconds', 2,
    'genesis_time', ceil(extract(epoch from clock_timestamp() + interval '1 hour'))
)) is null as registered \gset
select refused(
    'service_role', 'use_beacon_chain', jsonb_build_object('chain_hash', repeat('cd', 32)),
    'PT422', 'invalid_argument',
    '{"argument": "chain_hash", "expected": "a chain that has given its first round"}',
    'a chain whose first round may never come: a pot would wait for it for ever'
);
select look_at_tables();
select is(
    rpc('service_role', 'use_beacon_chain', jsonb_build_object('chain_hash', repeat('ab', 32))),
    jsonb_build_object('chain_hash', repeat('ab', 32)),
    'a registered one is used'
);
select is(changed_tables(), '{private.events,private.settings}', 'what it writes');
select is(
    (
        select array_agg(c ->> 'in_use' order by c ->> 'chain_hash')
        from jsonb_array_elements(rpc('anon', 'list_beacon_chains')) as c
    ),
    '{false,true,false}', 'and the list says so'
);
select look_at_tables();
select is(
    rpc('service_role', 'use_beacon_chain', jsonb_build_object('chain_hash', repeat('ab', 32))),
    jsonb_build_object('chain_hash', repeat('ab', 32)),
    'again: the same answer'
);
select is(changed_tables(), '{}', 'and nothing changes');
select is(
    (select e.data from private.events as e where e.kind = 'beacon_chain_used'),
    jsonb_build_object(
        'chain_hash', repeat('ab', 32),
        'before', '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971'
    ),
    'one event, with what was used before'
);
select freeze_time(to_timestamp(c.genesis_time))
from private.beacon_chains as c
where c.chain_hash = repeat('cd', 32);
select is(
    rpc('service_role', 'use_beacon_chain', jsonb_build_object('chain_hash', repeat('cd', 32))),
    jsonb_build_object('chain_hash', repeat('cd', 32)),
    'a chain may be used from its first round on'
);

select * from finish();
rollback;
