-- One ticket left in each of a pot's counters is enough for one entry of them all: quotas move, and
-- still add up.

begin;
\ir ../support/helpers.sql
select plan(9);

select make_user('ann', 1000);
select make_user('bob', 1000);
select open_pot('big', '{"entry_cost": 1, "max_tickets": 64, "max_per_user": 64}');
create temporary table counters on commit drop as
select count(*)::integer as number, min(s.quota) as quota from private.pot_stripes as s;
select ok(c.number > 3 and c.quota * c.number = 64, 'several equal counters') from counters as c;
select join_pot('ann', 'big', c.quota - 1) is null
from counters as c
cross join lateral generate_series(1, c.number);
select ok(bool_and(s.quota - s.sold = 1), 'one ticket is left in each')
from private.pot_stripes as s;

select refused(
    'bob', 'join_pot', on_pot('big', jsonb_build_object('ticket_count', c.number + 1)),
    'PT409', 'pot_full', jsonb_build_object('left', c.number), 'one more than is left'
)
from counters as c;
select is(
    join_pot('bob', 'big', c.number - 1) -> 'tickets_sold', '63', 'all but one as one entry'
)
from counters as c;
select is(
    row(sum(s.quota), sum(s.sold), bool_and(s.sold between 0 and s.quota))::text, '(64,63,t)',
    'the quotas still add up to max_tickets'
)
from private.pot_stripes as s;
select cancel_entry('bob', 'big');
select is(join_pot('bob', 'big', c.number) -> 'tickets_sold', '64', 'and taken back, all of them')
from counters as c;
select refused(
    'bob', 'join_pot', on_pot('big', '{"ticket_count": 1}'), 'PT409', 'pot_full', '{"left": 0}',
    'and then none'
);

select * from finish();
rollback;
