-- Backdating. The beacon's round is out, one second ago. The operator, who has both keys and the
-- database's clock, now locks and reveals with its clock set back, and tries lock times a microsecond
-- apart, all of which belong to that round, until one makes it win. Nothing in the proof shows it:
-- without a witness it stands. A witness signs with its own clock, so its cosigned checkpoint holds
-- these rows only after the round's time: where that is required such a proof does not stand, and
-- what was locked in time does.
with backdated as materialized (
    select
        r.slot,
        r.tickets[2] / 10 as honest_slot,
        exists (
            select
            from generate_series(0, %(tries)s - 1) as tries (try)
            cross join lateral (
                select r.locked_at + try * interval '1 microsecond'
            ) as dated (locked_at)
            where private.beacon_round_at(
                %(genesis)s, %(period)s, dated.locked_at + interval '30 seconds'
            ) = r.beacon_round
                and pg_temp.winning_ticket(
                    2, r.drawn, 100,
                    private.lock_digest(
                        'pots', r.round_id, 2, r.commit_hash, r.rules_hash, r.root, 100,
                        dated.locked_at, %(chain)s, r.beacon_round
                    ),
                    r.beacon
                ) / 10 = r.slot
        ) as found,
        private.beacon_round_time(%(genesis)s, %(period)s, r.beacon_round) as round_time
    from attack_rounds as r
),

judged as (
    select
        b.*,
        -- The witness's clock, when it is first shown the rows, against the round's time.
        not %(witness)s or b.round_time + interval '1 second' < b.round_time as stands
    from backdated as b
)

select
    2 as version,
    count(*) as draws,
    count(*) filter (where found and stands or honest_slot = slot) as wins,
    count(*) * 0.1::float8 as fair,
    count(*) filter (where found) as moves,
    count(*) filter (where found and stands) as accepted
from judged
