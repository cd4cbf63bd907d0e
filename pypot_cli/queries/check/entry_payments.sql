-- Every entry was paid for exactly once, with ticket_count * entry_cost credits, and no credits
-- joined a pot without an entry.
-- rows: public.pot_entries
select
    'entry ' || coalesce(e.id, t.entry_id) as subject,
    case
        when e.id is null then 'does not exist and was paid for'
        else format(
            'has %s tickets at %s, says %s credits and was paid for %s times with %s',
            e.ticket_count, p.entry_cost, e.credits_spent, count(t.id), coalesce(sum(t.amount), 0)
        )
    end as problem
from public.pot_entries as e
full join (select * from private.transfers as j where j.kind = 'join') as t on e.id = t.entry_id
left join public.pots as p on e.pot_id = p.id
group by e.id, t.entry_id, e.ticket_count, e.credits_spent, p.entry_cost
having e.id is null
    or count(t.id) <> 1
    or e.credits_spent is distinct from e.ticket_count * p.entry_cost
    or sum(t.amount) is distinct from e.credits_spent
order by 1
