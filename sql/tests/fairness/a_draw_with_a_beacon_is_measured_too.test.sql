-- With draw 2 the wait for the reveal and the wait for the beacon are told apart, and a revealed
-- pot that waits for its beacon is told as such.

begin;
\ir ../support/helpers.sql
select plan(4);

create function pg_temp.stats()
returns jsonb
language sql
as $$
    select rpc('anon', 'fairness_stats') -> 'draws' -> 1
$$;

select lock_for_the_beacon();
select register_keys();
select open_pot('big', '{"draw_version": 2}');
select bring_to('big', 'settling');
select pass_time('2.5 seconds');
select reveal('big');
select is(
    pg_temp.stats() - '{recent}'::text[],
    '{"draw_version": 2, "locked": 1, "settled": 0, "awaiting_reveal": 0, "awaiting_beacon": 1,
      "aborted": 0, "aborts": {"voided": 0, "reveal_overdue": 0, "seed_spent": 0}, "abort_rate": null,
      "voided_before_lock": 0}',
    'revealed, it waits for its beacon'
);

-- Half a second after the round's time.
select freeze_time('2023-09-15 11:00:03.5Z');
select submit_beacon('big');
select is(
    pg_temp.stats() - '{recent}'::text[],
    '{"draw_version": 2, "locked": 1, "settled": 1, "awaiting_reveal": 0, "awaiting_beacon": 0,
      "aborted": 0, "aborts": {"voided": 0, "reveal_overdue": 0, "seed_spent": 0}, "abort_rate": 0.0,
      "voided_before_lock": 0}',
    'and then is settled'
);
select is(
    pg_temp.stats() #> '{recent,reveal_seconds}',
    '{"median": 2.5, "p99": 2.5, "max": 2.5}',
    'lock to reveal'
);
select is(
    pg_temp.stats() #> '{recent,beacon_seconds}',
    '{"median": 0.5, "p99": 0.5, "max": 0.5}',
    'the round''s time to the payout'
);

select * from finish();
rollback;
