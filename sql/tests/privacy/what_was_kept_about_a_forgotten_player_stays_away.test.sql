-- Guard rails of the player and a place on the list of staff go with an erasure, and nothing that
-- comes later ties the user id to a pseudonym again.

begin;
\ir ../support/helpers.sql
select plan(14);

select make_user('ann');
select open_pot('big');
select rpc('ann', 'cheer_pot', on_pot('big', '{"reaction": "wow"}'));
select set_rail('user', user_id('ann')::text, 'joins_per_day', '3');
select rpc('pot_compliance:carol', 'set_staff', jsonb_build_object(
    'user_id', user_id('ann'), 'staff', true, 'reason', 'works here'
));
select is(
    (
        (select count(*) from private.guard_rails as r where r.scope = 'user')
        + (select count(*) from private.staff as s where s.user_id = user_id('ann'))
    ), 2::bigint, 'a guard rail and a place on the list'
);
select ok(
    rpc('pot_compliance:carol', 'erase_player', jsonb_build_object(
        'user_id', user_id('ann'), 'reason', 'asked to be'
    )) ? 'erased_at', 'ann is erased'
);
select is(
    (select count(*) from private.guard_rails as r where r.scope = 'user'), 0::bigint,
    'her guard rail went'
);
select is(
    (select count(*) from private.staff as s where s.user_id = user_id('ann')), 0::bigint,
    'and her place'
);
select is(
    (select count(*) from private.cheers as c where c.user_id = user_id('ann')), 0::bigint,
    'and when she cheered'
);
select refused(
    'pot_treasury', 'grant_credits', jsonb_build_object(
        'user_id', user_id('ann'), 'amount', 5, 'reason', 'a gift', 'idempotency_key', 'k'
    ), 'PT422', 'invalid_argument', '{"argument": "user_id", "expected": "an existing user"}',
    'nothing is granted to a wallet that nobody can use'
);
select refused(
    'pot_compliance:carol', 'set_guard_rail', jsonb_build_object(
        'scope', 'user', 'scope_id', user_id('ann'), 'rule', 'joins_per_day', 'value', 3,
        'reason', 'again'
    ), 'PT422', 'invalid_argument',
    '{"argument": "scope_id", "expected": "the id of an existing user"}', 'no guard rail'
);
select refused(
    'pot_compliance:carol', 'set_staff', jsonb_build_object(
        'user_id', user_id('ann'), 'staff', t.staff, 'reason', 'again'
    ), 'PT422', 'invalid_argument',
    '{"argument": "user_id", "expected": "somebody who was not erased"}', 'no staff'
)
from (values (true), (false)) as t (staff);
select ok(
    not exists (select from private.actors as a where a.subject = user_id('ann')::text),
    'nobody is behind her pseudonym'
);

select * from finish();
rollback;
