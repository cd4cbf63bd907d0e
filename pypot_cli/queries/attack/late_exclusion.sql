-- Late exclusion. With the result in hand the operator looks for an honest entry without which the
-- same lock would have made it win, and excludes that. The exclusion stands if the entries that are
-- left have the root that was locked, which binds the number of tickets too; if not the first
-- result does.
with drawn_again as materialized (
    select
        version,
        r.*,
        pg_temp.winning_ticket(version, r.drawn, 90, r.lock_digest, r.beacon) / 10 as wins_at
    from attack_rounds as r
    cross join (values (1), (2)) as versions (version)
),

excluded as materialized (
    select
        d.version,
        d.slot,
        d.tickets[d.version] / 10 as honest_slot,
        case
            when found.left_out is not null
                then pg_temp.root(
                    %(key)s, 'excluded by draw ' || d.version, d.n, d.round_id,
                    array_remove(
                        pg_temp.order_with(d.slot),
                        (pg_temp.order_with(d.slot))[found.left_out + 1]
                    ),
                    array_fill(10, array[9])
                ) = d.root
        end as stands
    from drawn_again as d
    cross join lateral (
        select min(left_out) as left_out
        from generate_series(0, 9) as places (left_out)
        where left_out <> d.slot
            -- Who stood behind the excluded entry moves up by one.
            and d.wins_at = d.slot - (left_out < d.slot)::integer
        offset 0
    ) as found
)

select
    version,
    count(*) as draws,
    count(*) filter (where stands or honest_slot = slot) as wins,
    count(*) * 0.1::float8 as fair,
    count(stands) as moves,
    count(*) filter (where stands) as accepted
from excluded
group by version
