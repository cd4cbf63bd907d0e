-- Tickets left over in many counters are sold as one entry: quotas move, and still add up.

begin;
\ir ../support/helpers.sql
select plan(9);

select make_user('ann', 100000);
select open_pot('big', '{"entry_cost": 1, "max_tickets": 64, "max_per_user": 64}');
select is(count(*), 8::bigint, 'eight counters of eight tickets') from private.pot_stripes;
select join_pot('ann', 'big', 5) is null from generate_series(1, 8);
select is(
    array_agg(s.quota - s.sold order by s.stripe), '{3,3,3,3,3,3,3,3}', 'three left in each'
)
from private.pot_stripes as s;

select is(join_pot('ann', 'big', 20) -> 'tickets_sold', '60', '20 are sold as one entry');
select is(
    row(sum(s.quota), sum(s.sold), bool_and(s.sold between 0 and s.quota))::text, '(64,60,t)',
    'the quotas still add up to max_tickets'
)
from private.pot_stripes as s;
select make_user('bob', 100);
select refused(
    'bob', 'join_pot', on_pot('big', '{"ticket_count": 5}'), 'PT409', 'pot_full', '{"left": 4}',
    'five of the last four'
);
select cancel_entry('ann', 'big');
select is(join_pot('ann', 'big', 24) -> 'tickets_sold', '64', 'and after a cancellation all 24');
select refused(
    'bob', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT409', 'pot_full', '{"left": 0}',
    'and then none'
);

select * from finish();
rollback;
