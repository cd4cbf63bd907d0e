-- An empty, blank or longer key is refused as a shape; 255 characters are a key.

begin;
\ir ../support/helpers.sql
select plan(7);

select make_user('ann', 100);
select open_pot('big');
select refused(
    'ann', 'join_pot',
    on_pot('big', jsonb_build_object('ticket_count', 1, 'idempotency_key', k.key)),
    'PT422', 'invalid_argument',
    '{"argument": "idempotency_key", "expected": "1 to 255 characters"}', k.what
)
from (values ('empty', ''), ('blank', '   '), ('256 characters', repeat('k', 256)))
    as k (what, key);
select ok(join_pot('ann', 'big', 1, repeat('ü', 255)) ? 'entry_id', '255 characters');

select * from finish();
rollback;
