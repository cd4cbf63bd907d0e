-- An entry is refunded exactly once and in full if it or its pot was cancelled, and never otherwise.
-- rows: public.pot_entries
select
    'entry ' || coalesce(e.id, t.entry_id) as subject,
    format(
        'was refunded %s times with %s credits; due are %s',
        count(t.id), coalesce(sum(t.amount), 0),
        case when e.cancelled_at is not null or p.status = 'cancelled' then e.credits_spent else 0 end
    ) as problem
from public.pot_entries as e
full join (select * from private.transfers as r where r.kind = 'refund') as t on e.id = t.entry_id
left join public.pots as p on e.pot_id = p.id
group by e.id, t.entry_id, e.cancelled_at, e.credits_spent, p.status
having count(t.id) <> case
        when e.cancelled_at is not null or p.status = 'cancelled' then 1 else 0
    end
    or sum(t.amount) <> e.credits_spent
order by 1
