-- Another game on the same fairness functions, with no pot in it: Ann bets on heads and Bob on
-- tails. The house commits to a seed, locks sides and round, reveals before the round, and drand's
-- round 657413 turns the coin. docs/examples/coin_flip.py plays and verifies the same flip outside
-- the database. All inputs are fixed, so the output is the same everywhere. Nothing is kept.
--
-- Run it with psql on the database of `pypot db up`, as postgres.

begin;

create temporary table flip as
select
    'c01f0000-0000-4000-8000-000000000001'::uuid as id,
    decode(string_agg(lpad(to_hex(n), 2, '0'), '' order by n), 'hex') as seed,
    '2023-09-15T10:59:31.123456Z'::timestamptz as locked_at,
    decode('52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971', 'hex') as chain,
    -- Verified by a BLS library, as pypot does before it hands a beacon in.
    decode(
        'b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be'
        '41076862b98fad56e91a6b85b89cd97b', 'hex'
    ) as beacon
from generate_series(0, 31) as s (n);

-- Public from the start: it binds the commitment and does not show it.
select encode(private.commit_tag('coinflip', f.id, sha256(f.seed)), 'hex') as commit_tag
from flip as f;

-- The sides are the leaves of a tree, heads first; each player's tag opens with the player's salt.
create temporary table locked as
select
    f.*,
    substr(private.store_merkle_tree(f.id, (
        select string_agg(
            private.merkle_leaf(
                'coinflip', f.id, 1, private.entrant_tag(decode(p.salt, 'hex'), f.id, p.user_id)
            ), ''::bytea order by p.side
        )
        from (values
            (0, repeat('aa', 32), '00000000-0000-0000-0000-000000000001'::uuid),
            (1, repeat('bb', 32), '00000000-0000-0000-0000-000000000002'::uuid)
        ) as p (side, salt, user_id)
    )), 9) as entries_root,
    private.beacon_round_at(1692803367, 3, f.locked_at + interval '30 s') as round
from flip as f;

create temporary table digest as
select private.lock_digest(
    'coinflip', l.id, 2, sha256(l.seed),
    private.rules_hash('coinflip', private.canonical_json(jsonb_build_object(
        'sides', '["heads", "tails"]'::jsonb, 'beacon_chain_hash', encode(l.chain, 'hex')
    ))),
    l.entries_root, 2, l.locked_at, l.chain, l.round
) as bytes
from locked as l;

select l.round, encode(d.bytes, 'hex') as lock_digest
from locked as l
cross join digest as d;

-- The house signed the lock, and the reveal; in that order, and for this game only.
select
    s.what,
    private.ed25519_verify(
        decode('ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c', 'hex'),
        private.tag(s.game || '/' || s.what || '/v1') || d.bytes || s.more,
        decode(s.signature, 'hex')
    ) as is_valid,
    s.game
from digest as d
cross join flip as f
cross join lateral (
    values
    (
        1, 'coinflip', 'orchestrator', ''::bytea,
        '1b5850b29b07aa5963c30b134b5e754bb4db1eea3bfe0d6b0e8b94f498598a5a'
        '1cb1799fe86e885f81510fd5c7baaece59e39ed95b23ca059f75be7fb9f50f0a'
    ),
    (
        2, 'coinflip', 'settlement', f.seed,
        '83e3782e6070b2a7f5ca0ad0c9df0036e5422ea96ac2b990299092461ff6475d'
        'b0a982022a020da475cffb6967e911e29ad52656d0170c6a3d5f8ac17585c804'
    ),
    (
        3, 'another', 'settlement', f.seed,
        '83e3782e6070b2a7f5ca0ad0c9df0036e5422ea96ac2b990299092461ff6475d'
        'b0a982022a020da475cffb6967e911e29ad52656d0170c6a3d5f8ac17585c804'
    )
) as s (place, game, what, more, signature)
order by s.place;

-- Then the round came: the seed's half of the draw, turned by the beacon's.
select
    h.index,
    r.rotation,
    (array['heads', 'tails'])[1 + private.rotate_index(h.index, r.rotation, 2)] as winner
from flip as f
cross join digest as d
cross join lateral (
    select private.draw_index(private.draw_hmac(f.seed, sha256(f.seed)), 2) as index
) as h
cross join lateral (select private.draw_rotation(f.beacon, d.bytes, 2) as rotation) as r;

rollback;
