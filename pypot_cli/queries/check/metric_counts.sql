-- Each longer bucket of a metric is the sum of its five minutes, and players are counted as known.
-- rows: private.metric_counts
select
    format('%s %s of the %s %s', k.metric, k.label, k.grain, k.bucket) as subject,
    format('says %s, and its parts are %s', coalesce(c.amount, 0), coalesce(s.amount, 0)) as problem
from (
    select n.grain, n.metric, n.label, n.bucket, n.amount
    from private.metric_counts as n
    where n.grain <> 'five_minutes'
) as c
full join (
    select
        g.grain, n.metric, n.label, private.metric_bucket(g.grain, n.bucket) as bucket,
        sum(n.amount) as amount
    from private.metric_counts as n
    cross join (values ('hour'), ('day')) as g (grain)
    where n.grain = 'five_minutes'
    group by 1, 2, 3, 4
) as s on (c.grain, c.metric, c.label, c.bucket) = (s.grain, s.metric, s.label, s.bucket)
cross join lateral (
    select
        coalesce(c.grain, s.grain) as grain,
        coalesce(c.metric, s.metric) as metric,
        coalesce(c.label, s.label) as label,
        coalesce(c.bucket, s.bucket) as bucket
) as k
where c.amount is distinct from s.amount
union all
select
    format('%s %s', c.metric, c.label),
    format('says %s, and %s are known', c.amount, c.known)
from (
    select
        k.metric, k.label,
        coalesce(sum(n.amount), 0) as amount,
        (
            select count(*)
            from private.metric_players as m
            where k.metric = 'players' or m.returned_at is not null
        ) as known
    from (values ('players', ''), ('returned', 'ever')) as k (metric, label)
    left join private.metric_counts as n
        on k.metric = n.metric and k.label = n.label and n.grain = 'day'
    group by k.metric, k.label
) as c
where c.amount <> c.known
order by 1
