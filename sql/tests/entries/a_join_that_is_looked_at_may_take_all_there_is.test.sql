-- Most joins are free at a glance. One that is not, here because its player set a limit, is asked
-- about each thing by itself, and the borders are the same: the whole cap, for all the credits.

begin;
\ir ../support/helpers.sql
select plan(6);

select make_user('ann', 30);
select open_pot('big', '{"max_tickets": 400, "max_per_user": 3}');
select open_pot('next', '{"max_tickets": 400, "max_per_user": 3}');
select rpc('ann', 'set_play_limits', '{"day": 1000, "week": null, "month": null}');

select refused(
    'ann', 'join_pot', on_pot('big', '{"ticket_count": 4}'), 'PT409', 'ticket_cap_exceeded',
    '{"max_per_user": 3, "held": 0, "left": 3}', 'one more than the cap'
);
select is(
    join_pot('ann', 'big', 3) - '{entry_id,entrant,salt}'::text[],
    on_pot('big', '{
        "ticket_count": 3, "credits_spent": 30, "balance": 0, "tickets_sold": 3,
        "credits_committed": 30
    }'), 'the cap, for all that was there'
);
select refused(
    'ann', 'join_pot', on_pot('next', '{"ticket_count": 1}'), 'PT402', 'insufficient_credits',
    '{"balance": 0, "cost": 10}', 'and then there is nothing left'
);
select is(sold('next'), '0 tickets to 0', 'for another pot');

select * from finish();
rollback;
