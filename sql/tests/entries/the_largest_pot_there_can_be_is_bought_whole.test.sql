-- A pot of 2^53-1 credits: nothing overflows on the way in or out.

begin;
\ir ../support/helpers.sql
select plan(2);

select make_user('ann', 9007199254740991);
select open_pot('dear', '{
    "entry_cost": 9007199254740991, "max_tickets": 1, "max_per_user": 1, "min_participants": 1
}');
select is(
    join_pot('ann', 'dear', 1) - '{entry_id,salt,entrant}'::text[],
    on_pot('dear', '{
        "ticket_count": 1, "credits_spent": 9007199254740991, "balance": 0, "tickets_sold": 1,
        "credits_committed": 9007199254740991
    }'),
    'bought'
);
select bring_to('dear', 'settled');
select is(balance('ann'), 9007199254740991, 'and won back');

select * from finish();
rollback;
