-- Last look. Whoever knows the seed waits until the others hold 90 tickets, computes which count of
-- 1 to 10 wins under the seed alone, and joins last with it; with ten where none does.
with joined as materialized (
    select
        r.*,
        coalesce(
            (
                select min(count)
                from generate_series(1, 10) as counts (count)
                where private.draw_index(r.drawn, 90 + count) >= 90
            ),
            10
        ) as bought
    from attack_rounds as r
),

locked as materialized (
    select
        j.*,
        private.lock_digest(
            'pots', j.round_id, 2, j.commit_hash, j.rules_hash,
            pg_temp.root(
                %(key)s, 'last look', j.n, j.round_id, pg_temp.order_with(9),
                array_fill(10, array[9]) || array[j.bought]
            ),
            90 + j.bought, j.locked_at, %(chain)s, j.beacon_round
        ) as digest
    from joined as j
)

select
    version,
    count(*) as draws,
    count(*) filter (
        where pg_temp.winning_ticket(version, l.drawn, 90 + l.bought, l.digest, l.beacon) >= 90
    ) as wins,
    sum(l.bought / (90.0 + l.bought))::float8 as fair,
    count(*) as moves,
    count(*) as accepted
from locked as l
cross join (values (1), (2)) as versions (version)
group by version
