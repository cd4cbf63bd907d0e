-- rotation = BE256(HMAC(SHA(beacon signature), lock_digest)) mod total, and the winning ticket is
-- the index plus it, modulo the total. The values were computed outside the database, of quicknet's
-- recorded round 657413.

begin;
set local search_path = extensions, public;
select plan(20);

create temporary table given on commit drop as
select
    decode(
        'b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be'
        '41076862b98fad56e91a6b85b89cd97b', 'hex'
    ) as signature,
    '\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'::bytea as lock_digest;

select is(
    private.draw_rotation(signature, lock_digest, t.total), t.rotation,
    format('the rotation of %s tickets', t.total)
)
from given
cross join (values
    (1::bigint, 0::bigint), (100, 94), (9007199254740991, 7486225035938193),
    (9223372036854775807, 1988778525276809101)
) as t (total, rotation);
select isnt(
    private.draw_rotation(signature, sha256(lock_digest), 9007199254740991),
    private.draw_rotation(signature, lock_digest, 9007199254740991),
    'another lock turns otherwise by the same round'
)
from given;
select isnt(
    private.draw_rotation(set_byte(signature, 47, 0), lock_digest, 9007199254740991),
    private.draw_rotation(signature, lock_digest, 9007199254740991),
    'another round turns the same lock otherwise'
)
from given;
select throws_ok(
    format('select private.draw_rotation(%L, %L, %s)', t.signature, t.digest, t.total),
    '22023', null, t.what
)
from given as g
cross join lateral (values
    (substr(g.signature, 2), g.lock_digest, 100, 'a signature of 47 bytes'),
    (g.signature || '\x00', g.lock_digest, 100, 'a signature of 49 bytes'),
    (g.signature, substr(g.lock_digest, 2), 100, 'a digest of 31 bytes'),
    (g.signature, g.lock_digest, 0, 'nothing to draw from')
) as t (signature, digest, total, what);

select is(
    private.rotate_index(t.index, t.rotation, t.total), t.ticket,
    format('%s turned by %s of %s', t.index, t.rotation, t.total)
)
from (values
    (0::bigint, 0::bigint, 1::bigint, 0::bigint), (30, 94, 100, 24), (30, 69, 100, 99),
    (30, 70, 100, 0), (99, 99, 100, 98),
    (9223372036854775806, 9223372036854775806, 9223372036854775807, 9223372036854775805)
) as t (index, rotation, total, ticket);
select throws_ok(
    format('select private.rotate_index(%s, %s, %s)', t.index, t.rotation, t.total),
    '22023', null, t.what
)
from (values
    (100, 0, 100, 'an index outside'), (0, 100, 100, 'a rotation outside'),
    (-1, 0, 100, 'an index below'), (0, -1, 100, 'a rotation below')
) as t (index, rotation, total, what);

select * from finish();
rollback;
