-- NULL, 0 and negative counts are no purchase; the largest count is over any cap, and overflows
-- nothing.

begin;
\ir ../support/helpers.sql
select plan(11);

select make_user('ann', 9007199254740991);
select open_pot('dear', '{"entry_cost": 4194304, "max_tickets": 2147483647, "max_per_user": 10}');

select refused(
    'ann', 'join_pot', on_pot('dear', jsonb_build_object('ticket_count', c.count)),
    'PT422', 'invalid_ticket_count', jsonb_build_object('ticket_count', c.count),
    coalesce(c.count::text, 'NULL') || ' tickets'
)
from unnest('{NULL,0,-1,-2147483648}'::integer[]) as c (count);
select refused(
    'ann', 'join_pot', on_pot('dear', '{"ticket_count": 2147483647}'),
    'PT409', 'ticket_cap_exceeded', '{"max_per_user": 10, "held": 0, "left": 10}',
    '2147483647 tickets'
);
select throws_ok(
    $$ select rpc('ann', 'join_pot', on_pot('dear', '{"ticket_count": 2147483648}')) $$,
    '22003', null, '2147483648 is no int, as PostgREST would say'
);

select * from finish();
rollback;
