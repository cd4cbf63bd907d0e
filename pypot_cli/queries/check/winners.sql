-- The winning ticket is one of the winning entry's, which is live, in the pot and the winner's; the
-- prize is every ticket's price.
-- rows: private.settlements
select
    'pot ' || s.pot_id as subject,
    format(
        'has winning ticket %s, entry %s with %s tickets from %s, and prize %s',
        s.winning_ticket, s.entry_id, e.ticket_count, e.first_ticket, s.prize
    ) as problem
from private.settlements as s
left join public.pots as p on s.pot_id = p.id
left join public.pot_entries as e on s.entry_id = e.id and s.pot_id = e.pot_id
left join private.transfers as t on s.transfer_id = t.id
where not coalesce(
    s.winning_ticket >= e.first_ticket
    and s.winning_ticket < e.first_ticket + e.ticket_count
    and e.cancelled_at is null
    and e.user_id = p.winner_user_id
    and s.prize = p.total_tickets * p.entry_cost
    and t.kind in ('payout', 'hold')
    and t.pot_id = s.pot_id
    and t.amount = s.prize,
    false
)
and not exists (select from private.detached_pots as d where d.pot_id = s.pot_id)
order by 1
