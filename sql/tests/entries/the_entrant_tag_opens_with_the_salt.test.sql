-- entrant_tag = HMAC-SHA-256(salt, pot_id || user_id), recomputed here from the receipt; each entry
-- has a salt of its own.

begin;
\ir ../support/helpers.sql
select plan(4);

select make_user('ann', 100);
select open_pot('big');
select join_pot('ann', 'big', 1);
select join_pot('ann', 'big', 1);

select is(
    r.receipt ->> 'entrant_tag',
    encode(extensions.hmac(
        uuid_send(pot_id('big')) || uuid_send(user_id('ann')),
        decode(r.receipt ->> 'salt', 'hex'),
        'sha256'
    ), 'hex'),
    'the receipt opens the tag'
)
from (
    select rpc('ann', 'my_receipt', jsonb_build_object('entry_id', e.id)) as receipt
    from public.pot_entries as e
) as r;
select is(count(distinct e.salt), 2::bigint, 'two entries, two salts') from public.pot_entries as e;
select ok(bool_and(concat(e.entrant_tag, e.salt) ~ '^[0-9a-f]{128}$'), 'in lower-case hex')
from public.pot_entries as e;

select * from finish();
rollback;
