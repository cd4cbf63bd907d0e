-- Every hash of a draw has the bytes of the contract, section 5. The values here were computed
-- outside the database from the contract's definitions; the first ones are the contract's own
-- check values.

begin;
set local search_path = extensions, public;
select plan(43);

create temporary table given on commit drop as
select
    '00112233-4455-6677-8899-aabbccddeeff'::uuid as round_id,
    'fedcba98-7654-3210-0123-456789abcdef'::uuid as user_id,
    '\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'::bytea as seed,
    '\x630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd'::bytea as commit_hash,
    '\x202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f'::bytea as salt,
    '\xc230e1f16923e6c653d494d9c50b9865c2b337847403328504c1415f069ad41b'::bytea as entrant_tag,
    '\x707eb0377ca86f4bae6821376cd39e6c55c02986c228aa442c8f923467e9dbbb'::bytea as rules_hash,
    '\x4813494d137e1631bba301d5acab6e7bb7aa74ce1185d456565ef51d737677b2'::bytea as entries_root,
    '2026-11-22 12:34:56.789012+00'::timestamptz as moment,
    decode(repeat('00', 32), 'hex') as zeros;

-- The contract's check values.
select is(sha256(seed), commit_hash, 'commit_hash of the seed 000102..1f') from given;
select is(
    private.draw_hmac(seed, commit_hash),
    '\x61ced625b38aa86ffb7096c3d76824670a70c193d578762f8d102c4f78375176'::bytea,
    'the seed is the key of the HMAC and commit_hash its message'
)
from given;
select is(
    private.draw_index(private.draw_hmac(seed, commit_hash), 100),
    30::bigint,
    'winner_index of 100 tickets'
)
from given;

-- Encodings.
select is(private.tag('pots/v1'), '\x706f74732f763100'::bytea, 'a tag ends in a zero byte');
select is(private.tag(''), '\x00'::bytea, 'the empty tag');
select throws_ok($$select private.tag('pöts')$$, '22023', null, 'a tag is ASCII');

select is(private.u32(0), '\x00000000'::bytea, 'u32 0');
select is(private.u32(258), '\x00000102'::bytea, 'u32 is big-endian');
select is(private.u32(2147483648), '\x80000000'::bytea, 'u32 goes beyond the largest integer');
select is(private.u32(4294967295), '\xffffffff'::bytea, 'u32 2^32 - 1');
select throws_ok('select private.u32(4294967296)', '22003', null, 'u32 ends at 2^32 - 1');
select throws_ok('select private.u32(-1)', '22003', null, 'u32 has no negative numbers');
select is(private.u64(0), '\x0000000000000000'::bytea, 'u64 0');
select is(private.u64(9007199254740991), '\x001fffffffffffff'::bytea, 'u64 2^53 - 1');
select is(private.u64(9223372036854775807), '\x7fffffffffffffff'::bytea, 'u64 2^63 - 1');
select throws_ok('select private.u64(-1)', '22003', null, 'u64 has no negative numbers');

-- Hashes.
select is(
    private.commit_tag('pots', round_id, commit_hash),
    '\x176706284ff7c81298038377fbc00b1467c43b51c4474aba143ca55252a9307e'::bytea,
    'commit_tag'
)
from given;
select is(
    private.rules_hash(
        'pots',
        '{"draw_version":1,"entry_cost":5,"max_per_user":10,"max_tickets":100,"min_participants":2}'
    ),
    rules_hash,
    'rules_hash'
)
from given;
select is(private.entrant_tag(salt, round_id, user_id), entrant_tag, 'entrant_tag') from given;
select is(
    private.merkle_leaf('pots', round_id, 7, entrant_tag),
    '\x0000000000000007'
    '4c1e46844ea6c10e95bd939632148b44e0830816a80a9b9dbb07a94e7141d271'::bytea,
    'a leaf is its sum and its hash'
)
from given;
select is(
    private.lock_digest(
        'pots', round_id, 1, commit_hash, rules_hash, entries_root, 100, moment, zeros, 0
    ),
    '\x08b486cadb222a3fca3fbb9aba46724a897a8da147afe0bd66de3a326f5921db'::bytea,
    'lock_digest of draw version 1'
)
from given;
select is(
    private.lock_digest(
        'pots', round_id, 2, commit_hash, rules_hash, entries_root, 100, moment,
        sha256('chain'), 4242
    ),
    '\xbe4b77cf65eaf81b908e753afc1d1db4dab03e4f6d3781e4cd04a669c1962a32'::bytea,
    'lock_digest of draw version 2'
)
from given;
select is(
    private.audit_row_hash(
        'pots', round_id, 1, zeros, moment,
        '{"action":"created","nonce":"00112233445566778899aabbccddeeff","reason":"hé"}'
    ),
    '\x740619ebed0103ed2521a4b309d2f4b08e5e031f312dea9cce2827087f487699'::bytea,
    'audit_row_hash'
)
from given;
select is(
    (
        select count(distinct hash)
        from given,
            unnest(array['pots', 'battles']) as game,
            lateral (
                values
                    (private.commit_tag(game, round_id, commit_hash)),
                    (private.rules_hash(game, '')),
                    (private.merkle_leaf(game, round_id, 1, entrant_tag)),
                    (private.audit_row_hash(game, round_id, 1, zeros, moment, '')),
                    (private.lock_digest(
                        game, round_id, 1, zeros, zeros, zeros, 1, moment, zeros, 0
                    ))
            ) as hashes (hash)
    ),
    10::bigint,
    'another game has other hashes of everything'
);

-- The draw.
select is(private.draw_index(zeros, 1), 0::bigint, 'one ticket, one winner') from given;
select is(
    private.draw_index(decode(repeat('ff', 32), 'hex'), 9007199254740991),
    17592186044415::bigint,
    'an index beyond 32 bits: (2^256 - 1) mod (2^53 - 1)'
);
select is(
    private.draw_index(set_byte(zeros, 0, 1), 1000003),
    613895::bigint,
    'the first byte is the most significant'
)
from given;
select throws_ok(
    $$select private.draw_index(zeros, 0) from given$$, '22023', null, 'no draw of 0 tickets'
);
select throws_ok(
    $$select private.draw_index(zeros, -1) from given$$, '22023', null, 'no draw of -1 tickets'
);
select throws_ok(
    $$select private.draw_index(zeros || '\x00', 5) from given$$,
    '22023', null, 'a draw has 32 bytes'
);

-- Lengths and ranges: what is concatenated without its length must have the length it is said to
-- have.
select throws_ok(
    $$select private.draw_hmac(substring(seed from 2), commit_hash) from given$$,
    '22023', null, 'a seed of 31 bytes is refused'
);
select throws_ok(
    format(
        $$select private.lock_digest(
            'pots', gen_random_uuid(), 1, %s, %s, %s, 1, now(), %s, 0
        ) from given$$,
        case field when 1 then long else zeros end,
        case field when 2 then long else zeros end,
        case field when 3 then long else zeros end,
        case field when 4 then long else zeros end
    ),
    '22023', null, format('hash %s of a lock has no 33 bytes', field)
)
from generate_series(1, 4) as field,
    (values ('zeros', $$zeros || '\x00'$$)) as texts (zeros, long);
select throws_ok(
    $$select private.commit_tag('pots', round_id, commit_hash || '\x00') from given$$,
    '22023', null, 'a commit_hash of 33 bytes is refused'
);
select throws_ok(
    $$select private.audit_row_hash('pots', round_id, 1, zeros || '\x00', moment, '') from given$$,
    '22023', null, 'a prev_hash of 33 bytes is refused'
);
select throws_ok(
    $$select private.draw_hmac(seed, commit_hash || '\x00') from given$$,
    '22023', null, 'a commit_hash of 33 bytes is not drawn from'
);
select throws_ok(
    $$select private.entrant_tag(''::bytea, round_id, user_id) from given$$,
    '22023', null, 'a salt of no bytes is refused'
);
select throws_ok(
    $$select private.merkle_leaf('pots', round_id, 1, entrant_tag || '\x00') from given$$,
    '22023', null, 'a leaf with an entrant tag of 33 bytes is refused'
);
select throws_ok(
    $$select private.merkle_leaf('pots', round_id, 4294967296, entrant_tag) from given$$,
    '22003', null, 'a leaf of 2^32 tickets is refused'
);
select throws_ok(
    $$select private.merkle_leaf('pots', round_id, -1, entrant_tag) from given$$,
    '22003', null, 'a leaf of -1 tickets is refused'
);
select is_empty(
    $$
        select field
        from given, generate_series(1, 6) as field
        where private.lock_digest(
            'pots', round_id, case field when 1 then 2 else 1 end,
            case field when 2 then zeros else commit_hash end,
            case field when 3 then zeros else rules_hash end,
            case field when 4 then zeros else entries_root end,
            case field when 5 then 101 else 100 end,
            case field when 6 then moment + interval '1 microsecond' else moment end,
            zeros, 0
        ) = private.lock_digest(
            'pots', round_id, 1, commit_hash, rules_hash, entries_root, 100, moment, zeros, 0
        )
    $$,
    'each field of the lock counts, the time to its last microsecond'
);

select * from finish();
rollback;
