-- The quotas of a pot's stripes add up to max_tickets, each stripe has sold its live entries' tickets,
-- and their participants are the players with a live entry. (Of detached pots the file says so.)
-- rows: private.pot_stripes
select
    'pot ' || p.id as subject,
    format(
        'has stripes of %s tickets for %s players, but max_tickets %s and %s players',
        s.quota, s.participants, p.max_tickets, e.players
    ) as problem
from public.pots as p
cross join lateral (
    select
        coalesce(sum(c.quota), 0) as quota,
        coalesce(sum(c.participants), 0) as participants
    from private.pot_stripes as c
    where c.pot_id = p.id
) as s
cross join lateral (
    select count(distinct n.user_id) as players
    from public.pot_entries as n
    where n.pot_id = p.id and n.cancelled_at is null
) as e
where (s.quota <> p.max_tickets or s.participants <> e.players)
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
