-- Each pot that closed: when, which template, how long it took to fill (NULL when it did not).
select
    extract(epoch from coalesce(p.locked_at, p.cancelled_at))::float8 as closed_at,
    coalesce(t.name, '') as template,
    case when p.total_tickets = p.max_tickets then extract(
        epoch from (
            select max(e.created_at)
            from public.pot_entries as e
            where e.pot_id = p.id and e.first_ticket is not null
        ) - p.created_at
    )::float8 end as filled
from public.pots as p
inner join private.pot_states as s on p.id = s.pot_id
left join private.pot_templates as t on s.template_id = t.id
where p.locked_at is not null or p.status = 'cancelled'
order by 1
