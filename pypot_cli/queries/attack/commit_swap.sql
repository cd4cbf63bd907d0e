-- Commit swap. After the lock, and in draw 2 even after the beacon, the operator looks among other
-- seeds for one that makes it win, and reveals that. The reveal stands if it hashes to the
-- commitment, as reveal_pot requires; if it does not the true seed is revealed.
with swapped as materialized (
    select
        version,
        r.slot,
        r.tickets[version] / 10 as honest_slot,
        (
            select sha256(candidate.seed) = r.commit_hash
            from generate_series(1, %(tries)s) as tries (try)
            cross join lateral (
                select pg_temp.stream(%(key)s, 'swapped seed', 1000 * r.n + try) offset 0
            ) as candidate (seed)
            where pg_temp.winning_ticket(
                version, private.draw_hmac(candidate.seed, r.commit_hash), 100,
                r.lock_digest, r.beacon
            ) / 10 = r.slot
            limit 1
        ) as stands
    from attack_rounds as r
    cross join (values (1), (2)) as versions (version)
)

select
    version,
    count(*) as draws,
    count(*) filter (where stands or honest_slot = slot) as wins,
    count(*) * 0.1::float8 as fair,
    count(stands) as moves,
    count(*) filter (where stands) as accepted
from swapped
group by version
