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
    format(
        'says total_tickets %s; its live entries have %s', p.total_tickets, coalesce(e.tickets, 0)
    )
from public.pots as p
-- Once for all pots, as in escrows.sql.
left join (
    select n.pot_id, sum(n.ticket_count) as tickets
    from public.pot_entries as n
    where n.cancelled_at is null
    group by n.pot_id
) as e on p.id = e.pot_id
where (
    p.total_tickets is distinct from
    case when p.locked_at is not null then coalesce(e.tickets, 0) end
    or e.tickets > p.max_tickets
)
and not exists (select from private.detached_pots as d where d.pot_id = p.id)
order by 1
