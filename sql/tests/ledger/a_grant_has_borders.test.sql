-- 1 to 2^53-1 credits, to a user that exists, for a reason; no grant lifts a wallet above 2^53-1.

begin;
\ir ../support/helpers.sql
select plan(27);

select make_user('ann', 1);
create temporary table good on commit drop as
select jsonb_build_object(
    'user_id', user_id('ann'), 'amount', 7, 'reason', 'welcome', 'idempotency_key', null
) as arguments;
select refused(
    'pot_treasury', 'grant_credits', g.arguments || jsonb_build_object(c.argument, c.value),
    'PT422', 'invalid_argument', jsonb_build_object('argument', c.argument, 'expected', c.expected),
    format('%s %s', c.argument, left(c.value::text, 20))
)
from good as g
cross join (values
    ('user_id', 'null'::jsonb, 'a value'),
    ('user_id', to_jsonb(user_id('nobody')), 'an existing user'),
    ('amount', 'null', '1 to 9007199254740991'),
    ('amount', '0', '1 to 9007199254740991'),
    ('amount', '-1', '1 to 9007199254740991'),
    ('amount', '9007199254740992', '1 to 9007199254740991'),
    ('amount', '9007199254740991', 'at most 9007199254740990'),
    ('reason', 'null', '1 to 500 characters'),
    ('reason', '""', '1 to 500 characters'),
    ('reason', '" "', '1 to 500 characters'),
    ('reason', to_jsonb(repeat('r', 501)), '1 to 500 characters'),
    ('idempotency_key', '""', '1 to 255 characters'),
    ('idempotency_key', to_jsonb(repeat('k', 256)), '1 to 255 characters')
) as c (argument, value, expected);
select is(
    fund('ann', 9007199254740990) -> 'balance', '9007199254740991', 'the most a wallet holds'
);

select * from finish();
rollback;
