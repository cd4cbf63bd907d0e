-- The quotas of a pot's stripes add up to max_tickets, each stripe has sold its live entries' tickets,
-- and their participants are the players with a live entry. (Of detached pots the file says so.)
-- rows: private.pot_stripes
select
    'pot ' || p.id as subject,
    format(
        'has stripes of %s tickets for %s players, but max_tickets %s and %s players',
        coalesce(s.quota, 0), coalesce(s.participants, 0), p.max_tickets, coalesce(e.players, 0)
    ) as problem
from public.pots as p
-- Once for all pots, as in escrows.sql.
left join (
    select c.pot_id, sum(c.quota) as quota, sum(c.participants) as participants
    from private.pot_stripes as c
    group by c.pot_id
) as s on p.id = s.pot_id
left join (
    select n.pot_id, count(distinct n.user_id) as players
    from public.pot_entries as n
    where n.cancelled_at is null
    group by n.pot_id
) as e on p.id = e.pot_id
where (
    coalesce(s.quota, 0) <> p.max_tickets or coalesce(s.participants, 0) <> coalesce(e.players, 0)
)
    and not exists (select from private.detached_pots as d where d.pot_id = p.id)
union all
select
    format('pot %s, stripe %s', s.pot_id, s.stripe),
    format(
        'says %s tickets sold of %s; its live entries have %s',
        s.sold, s.quota, coalesce(e.tickets, 0)
    )
from private.pot_stripes as s
left join (
    select
        n.pot_id,
        n.stripe,
        sum(n.ticket_count) as tickets
    from public.pot_entries as n
    where n.cancelled_at is null
    group by n.pot_id, n.stripe
) as e on s.pot_id = e.pot_id and s.stripe = e.stripe
where (s.sold <> coalesce(e.tickets, 0) or s.sold not between 0 and s.quota)
    and not exists (select from private.detached_pots as d where d.pot_id = s.pot_id)
order by 1
