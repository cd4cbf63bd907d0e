-- Each pot of a template that closed: when it opened, how long until its last ticket (NULL when it
-- did not fill), the entry that took that, and how long until its template had an open pot again.
select
    p.id::text as pot_id,
    extract(epoch from p.created_at)::float8 as opened,
    extract(epoch from l.created_at - p.created_at)::float8 as filled,
    l.id::text as last_entry,
    extract(
        epoch from lead(p.created_at) over (partition by s.template_id order by p.created_at)
        - l.created_at
    )::float8 as gap
from public.pots as p
inner join private.pot_states as s on p.id = s.pot_id
left join lateral (
    select e.id, e.created_at
    from public.pot_entries as e
    where e.pot_id = p.id and e.cancelled_at is null and p.total_tickets = p.max_tickets
    order by e.created_at desc
    limit 1
) as l on true
where s.template_id is not null and (p.locked_at is not null or p.status = 'cancelled')
order by p.created_at
