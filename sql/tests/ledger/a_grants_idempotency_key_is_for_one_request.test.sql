-- The same request: the first answer. Another amount, player, reason or caller: refused. Without a
-- key each call grants. The first answer outlives the player.

begin;
\ir ../support/helpers.sql
select plan(16);

select make_user('ann', 1);
select make_user('bob', 1);
create temporary table good on commit drop as
select jsonb_build_object(
    'user_id', user_id('ann'), 'amount', 7, 'reason', 'welcome', 'idempotency_key', 'k'
) as arguments;
create temporary table answer on commit drop as
select rpc('pot_treasury', 'grant_credits', g.arguments) as body from good as g;
select fund('ann', 100);
select look_at_tables();
select is(rpc('pot_treasury', 'grant_credits', g.arguments), a.body, 'the first answer again')
from good as g
cross join answer as a;
select is(changed_tables(), '{}', 'and nothing changed');
select refused(
    c.caller, 'grant_credits', g.arguments || c.change,
    'PT409', 'idempotency_key_reused', '{}', c.caller || ' ' || c.change
)
from good as g
cross join (values
    ('pot_treasury', '{"amount": 8}'::jsonb),
    ('pot_treasury', '{"reason": "bonus"}'),
    ('pot_treasury', jsonb_build_object('user_id', user_id('bob'))),
    ('pot_treasury:carol', '{}')
) as c (caller, change);
select open_pot('big');
select ok(join_pot('ann', 'big', 1, 'k') ? 'entry_id', 'a join''s keys are others');
select is(
    (fund('bob', 5) ->> 'balance')::bigint + 5, (fund('bob', 5) ->> 'balance')::bigint,
    'without a key both count'
);

delete from auth.users as u where u.id = user_id('ann');
select look_at_tables();
select is(
    rpc('pot_treasury', 'grant_credits', g.arguments), a.body,
    'the first answer also once the player has left'
)
from good as g
cross join answer as a;
select is(changed_tables(), '{}', 'and nothing changed');
select refused(
    'pot_treasury', 'grant_credits', g.arguments || '{"idempotency_key": "new"}',
    'PT422', 'invalid_argument', '{"argument": "user_id", "expected": "an existing user"}',
    'a new grant to a player who has left'
)
from good as g;

select * from finish();
rollback;
