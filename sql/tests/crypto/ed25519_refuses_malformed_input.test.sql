-- Whatever is not exactly one valid signature is false, not an error: wrong lengths, any flipped
-- bit, S that is not below L (RFC 8032, 5.1.7), encodings that are not canonical or no point
-- (5.1.3).

begin;
set local search_path = extensions, public;
select plan(22);

-- TEST 3 of RFC 8032, section 7.1.
create temporary table good on commit drop as
select
    '\xfc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025'::bytea as public_key,
    '\xaf82'::bytea as message,
    '\x6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac'
    '18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a'::bytea as signature;

create function pg_temp.flip(p_value bytea, p_bit integer)
returns bytea
language sql
immutable
as $$ select set_bit(p_value, p_bit, 1 - get_bit(p_value, p_bit)) $$;

-- p_number as 32 bytes, the lowest first.
create function pg_temp.little_endian(p_number numeric)
returns bytea
language sql
immutable
as $$
    select string_agg(
        substring(int4send(mod(div(p_number, 256::numeric ^ at), 256)::integer) from 4), ''::bytea
        order by at
    )
    from generate_series(0, 31) as at
$$;

create function pg_temp.verify_with_s(p_s numeric)
returns boolean
language sql
as $$
    select private.ed25519_verify(
        public_key,
        message,
        substring(signature from 1 for 32) || pg_temp.little_endian(p_s)
    )
    from good
$$;

select ok(private.ed25519_verify(public_key, message, signature), 'the untouched one is valid')
from good;

-- Lengths.
select is(
    (
        select array_agg(size order by size)
        from generate_series(0, 66) as size, good
        where private.ed25519_verify(
            substring(public_key || public_key || '\x0000' from 1 for size), message, signature
        )
    ),
    array[32],
    'of keys of 0 to 66 bytes only the one of 32 verifies'
);
select is(
    (
        select array_agg(size order by size)
        from generate_series(0, 130) as size, good
        where private.ed25519_verify(
            public_key, message, substring(signature || signature || '\x0000' from 1 for size)
        )
    ),
    array[64],
    'of signatures of 0 to 130 bytes only the one of 64 verifies'
);
select ok(
    not private.ed25519_is_valid_key(substring(public_key || '\x00' from 1 for size)),
    format('%s bytes are no key', size)
)
from good, unnest(array[0, 31, 33]) as size;
select ok(
    private.ed25519_verify(null, message, signature) is null
    and private.ed25519_verify(public_key, null, signature) is null
    and private.ed25519_verify(public_key, message, null) is null
    and private.ed25519_is_valid_key(null) is null,
    'null in, null out'
)
from good;

-- Bits. Every eighth of the long values keeps the file quick; the byte's bit moves along.
select is_empty(
    $$
        select bit from generate_series(0, 31) as byte, good,
            lateral (select 8 * byte + byte % 8) as flipped (bit)
        where private.ed25519_verify(pg_temp.flip(public_key, bit), message, signature)
    $$,
    'no bit of the key can be flipped'
);
select is_empty(
    $$
        select bit from generate_series(0, 63) as byte, good,
            lateral (select 8 * byte + byte % 8) as flipped (bit)
        where private.ed25519_verify(public_key, message, pg_temp.flip(signature, bit))
    $$,
    'no bit of R or S can be flipped'
);
select is_empty(
    $$
        select bit from generate_series(248, 255) as bit, good
        where private.ed25519_verify(pg_temp.flip(public_key, bit), message, signature)
            or private.ed25519_verify(public_key, message, pg_temp.flip(signature, bit))
            or private.ed25519_verify(public_key, message, pg_temp.flip(signature, bit + 256))
    $$,
    'no bit of the last bytes can be flipped: the signs, and the top of S'
);
select is_empty(
    $$
        select bit from generate_series(0, 15) as bit, good
        where private.ed25519_verify(public_key, pg_temp.flip(message, bit), signature)
    $$,
    'no bit of the message can be flipped'
);
select ok(
    not private.ed25519_verify(public_key, message || '\x00', signature)
    and not private.ed25519_verify(public_key, '', signature),
    'nothing can be added to the message or taken from it'
)
from good;

-- S. Adding L changes nothing in [S]B, so each of these would hold without the comparison with
-- L.
create temporary table scalars on commit drop as
select
    4869643893319708471955165214975585939793846505679808910535986866633137979160 as s,
    7237005577332262213973186563042994240857116359379907606001950938285454250989 as l;

select ok(pg_temp.verify_with_s(s), 'S itself') from scalars;
select ok(not pg_temp.verify_with_s(s + times * l), format('S + %s L', times))
from scalars, generate_series(1, 3) as times;
select ok(not pg_temp.verify_with_s(l), 'S = L') from scalars;
select ok(not pg_temp.verify_with_s(2::numeric ^ 256 - 1), 'S of ones only');

-- Encodings of y in p .. 2^255 - 1, with either sign: each stands for a y below 19.
select is_empty(
    $$
        select low, sign
        from generate_series(0, 18) as low, generate_series(0, 1) as sign
        where private.ed25519_is_valid_key(pg_temp.little_endian(
            2::numeric ^ 255 - 19 + low + sign * 2::numeric ^ 255
        ))
    $$,
    'no y that is not below p is a key'
);
select ok(
    private.ed25519_is_valid_key(pg_temp.little_endian(3)),
    'y = 3 itself is on the curve, so it is not the point that is refused there'
);
select ok(
    not private.ed25519_is_valid_key(pg_temp.little_endian(2)),
    'a y without an x is no key'
);
select ok(
    not private.ed25519_verify(pg_temp.little_endian(2), message, signature),
    'a key that is no point verifies nothing'
)
from good;

select * from finish();
rollback;
