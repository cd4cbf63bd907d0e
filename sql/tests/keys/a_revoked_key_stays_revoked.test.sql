-- Revoking again answers the same; registering it again is refused; an unknown kid is named.

begin;
\ir ../support/helpers.sql
select plan(18);

select freeze_time('2030-01-01 12:00:00Z');
select register_keys();
create temporary table key on commit drop as
select k.kid from private.signing_keys as k where k.purpose = 'settlement';
select is(
    rpc('service_role', 'revoke_signing_key', jsonb_build_object('kid', k.kid, 'reason', 'lost')),
    jsonb_build_object('kid', k.kid, 'revoked_at', '2030-01-01T12:00:00.000000Z'),
    'revoked'
)
from key as k;
select pass_time('1 hour');
select look_at_tables();
select is(
    rpc('service_role', 'revoke_signing_key', jsonb_build_object('kid', k.kid, 'reason', 'again')),
    jsonb_build_object('kid', k.kid, 'revoked_at', '2030-01-01T12:00:00.000000Z'),
    'the first answer again'
)
from key as k;
select is(changed_tables(), '{}', 'and nothing changed');
select refused(
    'service_role', 'register_signing_key', jsonb_build_object(
        'purpose', 'settlement', 'public_key', public_key('settlement')
    ),
    'PT409', 'wrong_state', jsonb_build_object('kid', k.kid, 'reason', 'revoked'), 'back again'
)
from key as k;
select refused(
    'service_role', 'revoke_signing_key', '{"kid": "0000000000000000", "reason": "lost"}',
    'PT422', 'invalid_argument', '{"argument": "kid", "expected": "a registered key"}', 'unknown'
);
select refused(
    'service_role', 'revoke_signing_key', jsonb_build_object('kid', c.kid, 'reason', c.reason),
    'PT422', 'invalid_argument',
    jsonb_build_object('argument', c.argument, 'expected', c.expected), c.what
)
from (values
    (null, 'lost', 'kid', '16 lower-case hex digits', 'no kid'),
    ('ABCDEF0123456789', 'lost', 'kid', '16 lower-case hex digits', 'upper case'),
    ('0000000000000000', null, 'reason', '1 to 500 characters', 'no reason'),
    ('0000000000000000', ' ', 'reason', '1 to 500 characters', 'a blank reason'),
    ('0000000000000000', repeat('r', 501), 'reason', '1 to 500 characters', 'a long reason')
) as c (kid, reason, argument, expected, what);
select is(
    (
        select jsonb_agg(e.data - 'kid')
        from private.events as e
        where e.kind = 'signing_key_revoked'
    ),
    '[{"purpose": "settlement", "reason": "lost"}]', 'one event'
);

select * from finish();
rollback;
