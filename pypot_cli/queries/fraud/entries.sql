-- Who was in which draw: live entries of pots that were revealed, summed a player.
select
    e.pot_id::text as pot_id,
    e.user_id::text as user_id,
    sum(e.ticket_count)::bigint as tickets,
    p.total_tickets,
    bool_or(e.user_id = p.winner_user_id) as won
from public.pot_entries as e
inner join public.pots as p on e.pot_id = p.id
where e.cancelled_at is null and p.reveal_seed is not null
group by e.pot_id, e.user_id, p.total_tickets
order by e.pot_id, e.user_id
