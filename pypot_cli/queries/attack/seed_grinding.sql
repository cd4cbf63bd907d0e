-- Seed grinding. Before it commits to anything the operator makes many seeds and commits to the
-- first under which its ten tickets hold the drawn index of a full pot; to the first of all where
-- none does.
with ground as materialized (
    select
        r.*,
        chosen.drawn as ground_drawn,
        private.lock_digest(
            'pots', r.round_id, 2, sha256(chosen.seed), r.rules_hash, r.root, 100,
            r.locked_at, %(chain)s, r.beacon_round
        ) as digest
    from attack_rounds as r
    cross join lateral (
        select
            candidate.seed,
            candidate.drawn
        from (
            select
                try,
                seed,
                private.draw_hmac(seed, sha256(seed)) as drawn
            from generate_series(1, %(tries)s) as tries (try)
            cross join lateral (
                select pg_temp.stream(%(key)s, 'ground seed', 1000 * r.n + try) offset 0
            ) as made (seed)
            offset 0
        ) as candidate
        order by private.draw_index(candidate.drawn, 100) / 10 <> r.slot, candidate.try
        limit 1
    ) as chosen
)

select
    version,
    count(*) as draws,
    count(*) filter (
        where pg_temp.winning_ticket(version, g.ground_drawn, 100, g.digest, g.beacon) / 10
            = g.slot
    ) as wins,
    count(*) * 0.1::float8 as fair,
    count(*) as moves,
    count(*) as accepted
from ground as g
cross join (values (1), (2)) as versions (version)
group by version
