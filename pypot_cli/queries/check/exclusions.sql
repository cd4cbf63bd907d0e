-- An entry was excluded if and only if its pot's chain says so, once, before any lock; it is cancelled
-- since then.
-- rows: private.exclusions
select
    'entry ' || coalesce(x.entry_id::text, a.entry_id) as subject,
    format(
        'was excluded at %s, cancelled at %s; %s rows of its pot''s chain say so%s',
        x.created_at, e.cancelled_at, coalesce(a.times, 0),
        case when a.too_late then ', after the lock' end
    ) as problem
from private.exclusions as x
full join (
    select
        c.pot_id,
        c.metadata ->> 'entry_id' as entry_id,
        count(*) as times,
        bool_or(exists (
            select
            from public.pots_audit as l
            where l.pot_id = c.pot_id and l.seq < c.seq and l.action in ('locked', 'cancelled')
        )) as too_late
    from public.pots_audit as c
    where c.action = 'excluded'
    group by c.pot_id, c.metadata ->> 'entry_id'
) as a on x.pot_id = a.pot_id and x.entry_id::text = a.entry_id
left join public.pot_entries as e on x.entry_id = e.id and x.pot_id = e.pot_id
where not coalesce(
    a.times = 1
    and not a.too_late
    and (
        e.cancelled_at = x.created_at
        or exists (select from private.detached_pots as d where d.pot_id = x.pot_id)
    ),
    false
)
order by 1
