-- Entry reordering. Nobody can renumber after the lock, but whoever knows the seed and that the pot
-- will fill can take the place among the entrants that holds the drawn index: by joining at the
-- right moment, or by cancelling and joining again.
with placed as materialized (
    select
        r.*,
        (private.draw_index(r.drawn, 100) / 10)::integer as place
    from attack_rounds as r
),

locked as materialized (
    select
        p.*,
        private.lock_digest(
            'pots', p.round_id, 2, p.commit_hash, p.rules_hash,
            pg_temp.root(
                %(key)s, 'entry order', p.n, p.round_id, pg_temp.order_with(p.place),
                array_fill(10, array[10])
            ),
            100, p.locked_at, %(chain)s, p.beacon_round
        ) as digest
    from placed as p
)

select
    version,
    count(*) as draws,
    count(*) filter (
        where pg_temp.winning_ticket(version, l.drawn, 100, l.digest, l.beacon) / 10 = l.place
    ) as wins,
    count(*) * 0.1::float8 as fair,
    count(*) as moves,
    count(*) as accepted
from locked as l
cross join (values (1), (2)) as versions (version)
group by version
