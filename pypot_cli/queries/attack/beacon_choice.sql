-- Beacon choice. The operator waits for more rounds of the beacon and hands in the first that makes
-- it win. A signature stands if it is of the round that the lock fixed: the first at or after
-- locked_at + 30 s. If it is not, or if the operator hands in nothing, somebody else with a beacon
-- key hands in the right one.
with chosen as materialized (
    select
        r.slot,
        r.tickets[2] / 10 as honest_slot,
        (
            select
                later.round = private.beacon_round_at(
                    %(genesis)s, %(period)s, r.locked_at + interval '30 seconds'
                )
            from generate_series(r.beacon_round + 1, r.beacon_round + %(tries)s) as later (round)
            where pg_temp.winning_ticket(
                2, r.drawn, 100, r.lock_digest, pg_temp.beacon(%(key)s, later.round)
            ) / 10 = r.slot
            limit 1
        ) as stands
    from attack_rounds as r
)

select
    2 as version,
    count(*) as draws,
    count(*) filter (where stands or honest_slot = slot) as wins,
    count(*) * 0.1::float8 as fair,
    count(stands) as moves,
    count(*) filter (where stands) as accepted
from chosen
