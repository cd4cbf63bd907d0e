-- Rounds of the given numbers, a minute apart, as they lock and are drawn when everybody is honest.
-- The accomplice's place among the entrants changes from round to round.
insert into attack_rounds
select
    made.n,
    made.round_id,
    made.seed,
    sha256(made.seed),
    rules.hash,
    made.locked_at,
    made.beacon_round,
    made.beacon,
    made.slot,
    entries.root,
    drawn.bytes,
    lock.digest,
    array[
        pg_temp.winning_ticket(1, drawn.bytes, 100, lock.digest, made.beacon),
        pg_temp.winning_ticket(2, drawn.bytes, 100, lock.digest, made.beacon)
    ]
from (
    select
        dated.*,
        encode(substring(pg_temp.stream(%(key)s, 'round', n) for 16), 'hex')::uuid as round_id,
        pg_temp.stream(%(key)s, 'seed', n) as seed,
        (n %% 10)::integer as slot,
        pg_temp.beacon(%(key)s, beacon_round) as beacon
    from (
        select
            n,
            locked_at,
            private.beacon_round_at(
                %(genesis)s, %(period)s, locked_at + interval '30 seconds'
            ) as beacon_round
        from (
            select
                n,
                timestamptz '2026-01-01 00:00:01+00' + n * interval '1 minute' as locked_at
            from generate_series(%(first)s::bigint, %(last)s::bigint) as numbers (n)
        ) as numbered
        offset 0
    ) as dated
    offset 0 -- computed once, not wherever a column is named
) as made
cross join (
    select private.rules_hash('pots', '{"rules":"of the attacked rounds"}')
) as rules (hash)
cross join lateral (
    select private.draw_hmac(made.seed, sha256(made.seed)) offset 0
) as drawn (bytes)
cross join lateral (
    select
        pg_temp.root(
            %(key)s, 'honest', made.n, made.round_id, pg_temp.order_with(made.slot),
            array_fill(10, array[10])
        )
    offset 0
) as entries (root)
cross join lateral (
    select
        private.lock_digest(
            'pots', made.round_id, 2, sha256(made.seed), rules.hash, entries.root, 100,
            made.locked_at, %(chain)s, made.beacon_round
        )
    offset 0
) as lock (digest)
