-- Unknown purposes, other shapes, encodings of no point or of one of small order.

begin;
\ir ../support/helpers.sql
select plan(24);

select refused(
    'service_role', 'register_signing_key', jsonb_build_object(
        'purpose', p.purpose, 'public_key', public_key('stranger')
    ),
    'PT422', 'invalid_argument',
    '{"argument": "purpose", "expected": "orchestrator, settlement or beacon"}',
    coalesce(p.purpose, 'NULL')
)
from unnest('{NULL,"",treasury,Settlement}'::text[]) as p (purpose);
select refused(
    'service_role', 'register_signing_key', jsonb_build_object(
        'purpose', 'beacon', 'public_key', k.key
    ),
    'PT422', 'invalid_argument',
    '{"argument": "public_key", "expected": "64 lower-case hex digits"}',
    coalesce(left(k.key, 4), 'NULL')
)
from unnest(array[
    null, '', left(public_key('stranger'), 63), upper(public_key('stranger'))
]) as k (key);
select refused(
    'service_role', 'register_signing_key', jsonb_build_object(
        'purpose', 'beacon', 'public_key', k.key
    ),
    'PT422', 'invalid_argument',
    '{"argument": "public_key", "expected": "an Ed25519 public key (RFC 8032)"}', k.what
)
from (values
    ('the neutral element', '01' || repeat('0', 62)),
    ('a point of order 4', repeat('0', 64)),
    ('y = p + 3, which is not canonical', 'f0' || repeat('f', 60) || '7f'),
    ('y = 2, which is on no point', '02' || repeat('0', 62))
) as k (what, key);

select * from finish();
rollback;
