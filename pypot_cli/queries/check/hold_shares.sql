-- A returned prize went back by tickets: each entry got its share of the prize among the entries that
-- got one, rounded down or one credit more, all entries of a player or none, and not the winner's
-- unless everybody's.
-- rows: private.payout_holds
with returned as (
    select
        e.pot_id,
        e.id as entry_id,
        e.user_id,
        h.credits as prize,
        e.ticket_count,
        t.amount,
        sum(e.ticket_count) filter (where t.id is not null) over by_pot as tickets,
        bool_and(t.id is not null) over by_pot as everybody,
        count(t.id) over by_player as own_returns,
        count(*) over by_player as own_entries
    from private.payout_holds as h
    inner join public.pot_entries as e on h.pot_id = e.pot_id and e.first_ticket is not null
    left join private.transfers as t on e.id = t.entry_id and t.kind = 'return'
    where h.outcome = 'returned'
    window
        by_pot as (partition by e.pot_id),
        by_player as (partition by e.pot_id, e.user_id)
)

select
    'entry ' || r.entry_id as subject,
    format(
        'has %s of %s tickets and got %s of %s credits; %s of its player''s %s entries got any',
        r.ticket_count, r.tickets, coalesce(r.amount, 0), r.prize, r.own_returns, r.own_entries
    ) as problem
from returned as r
inner join public.pots as p on r.pot_id = p.id
where r.own_returns not in (0, r.own_entries)
    or r.amount - div(r.prize::numeric * r.ticket_count, r.tickets::numeric) not in (0, 1)
    or r.amount is not null and r.user_id = p.winner_user_id and not r.everybody
order by 1
