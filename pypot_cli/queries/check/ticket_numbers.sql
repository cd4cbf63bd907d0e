-- From lock on the live entries' tickets are numbered from 0 in order of seq without gaps, up to
-- total_tickets; before lock, and of cancelled entries, none is.
-- rows: public.pot_entries
select
    'entry ' || n.id as subject,
    format('begins at ticket %s, not at %s', n.first_ticket, n.true_first) as problem
from (
    select
        e.id, e.first_ticket,
        case
            when p.locked_at is not null and e.cancelled_at is null
                then sum(e.ticket_count) filter (where e.cancelled_at is null) over (
                    partition by e.pot_id order by e.seq
                ) - e.ticket_count
        end as true_first
    from public.pot_entries as e
    inner join public.pots as p on e.pot_id = p.id
) as n
where n.first_ticket is distinct from n.true_first
union all
select
    'pot ' || p.id,
    format('says total_tickets %s; its live entries have %s', p.total_tickets, e.tickets)
from public.pots as p
cross join lateral (
    select coalesce(sum(n.ticket_count), 0) as tickets
    from public.pot_entries as n
    where n.pot_id = p.id and n.cancelled_at is null
) as e
where (
    p.total_tickets is distinct from case when p.locked_at is not null then e.tickets end
    or e.tickets > p.max_tickets
)
and not exists (select from private.detached_pots as d where d.pot_id = p.id)
order by 1
