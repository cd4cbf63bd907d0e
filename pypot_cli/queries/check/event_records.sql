-- Every row of a chain, every entry, every drop has its event, and just one; so has no event one
-- that is not there. (Of pots that opened since there are such events.)
-- rows: private.events
with told as (
    select
        e.pot_id,
        e.kind,
        coalesce(e.data ->> 'seq', e.entry_id::text, e.data ->> 'drop_id') as what,
        count(*) as times
    from private.told_events as e
    where e.kind = 'pot_joined'
        or e.kind = 'live_drop'
        or e.kind like 'pot\_%' and e.data ? 'seq'
    group by e.pot_id, e.kind, coalesce(e.data ->> 'seq', e.entry_id::text, e.data ->> 'drop_id')
),

opened as (
    select e.pot_id
    from private.events as e
    where e.kind = 'pot_created'
),

happened as (
    select a.pot_id, 'pot_' || a.action as kind, a.seq::text as what
    from public.pots_audit as a
    union all
    select n.pot_id, 'pot_joined' as kind, n.id::text as what
    from public.pot_entries as n
    union all
    select d.pot_id, 'live_drop' as kind, d.drop_id::text as what
    from private.live_drops as d
)

select
    format('pot %s, %s %s', coalesce(h.pot_id, t.pot_id), coalesce(h.kind, t.kind),
        coalesce(h.what, t.what)) as subject,
    case
        when t.what is null then 'has no event'
        when h.what is null then 'is told by an event and did not happen'
        else format('has %s events', t.times)
    end as problem
from happened as h
full join told as t on h.pot_id = t.pot_id and h.kind = t.kind and h.what = t.what
where (t.times is distinct from 1 or h.what is null)
    and coalesce(h.pot_id, t.pot_id) in (select o.pot_id from opened as o)
order by 1, 2
