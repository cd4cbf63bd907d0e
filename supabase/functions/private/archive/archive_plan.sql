-- What could be archived, a row a month. Reads each pot that is due.
create or replace function private.archive_plan()
returns table (
    month date, pots bigint, archived bigint, ready bigint, blocked jsonb, detached_at timestamptz
)
language sql
stable
set search_path = ''
as $$
    with due as materialized (
        select
            private.archive_month(coalesce(p.settled_at, p.cancelled_at)) as month,
            a.pot_id is not null as is_archived,
            case when a.pot_id is null then private.archive_blockers(p.id) end as blockers
        from public.pots as p
        left join private.archived_pots as a on p.id = a.pot_id
        where p.status in ('settled', 'cancelled')
            and coalesce(p.settled_at, p.cancelled_at) <= private.archive_before()
    )

    select
        d.month,
        count(*),
        count(*) filter (where d.is_archived),
        count(*) filter (where d.blockers = '{}'),
        coalesce((
            select jsonb_object_agg(b.blocker, b.pots)
            from (
                select n.blocker, count(*) as pots
                from due as o
                cross join lateral unnest(o.blockers) as n (blocker)
                where o.month = d.month
                group by n.blocker
            ) as b
        ), '{}'),
        max(m.detached_at)
    from due as d
    left join private.archive_months as m on d.month = m.month
    group by d.month
    order by d.month
$$;

comment on function private.archive_plan() is
'Each month in which pots ended that are due: how many, how many are archived, how many of the '
'rest are ready, and what keeps the others, {blocker: pots}.';

revoke all on function private.archive_plan()
from public, anon, authenticated, service_role;
