-- fairness_stats counts draws and aborts over all time, and measures the newest settlements.

begin;
\ir ../support/helpers.sql
select plan(9);

create function pg_temp.stats(p_version integer, p_caller text default 'anon')
returns jsonb
language sql
as $$
    select rpc(p_caller, 'fairness_stats') -> 'draws' -> p_version - 1
$$;

select freeze_time('2030-01-01 12:00:00Z');
select register_keys();
select is(
    pg_temp.stats(1) - '{recent}'::text[],
    '{"draw_version": 1, "locked": 0, "settled": 0, "awaiting_reveal": 0, "awaiting_beacon": 0,
      "aborted": 0, "aborts": {"voided": 0, "reveal_overdue": 0, "seed_spent": 0}, "abort_rate": null,
      "voided_before_lock": 0}',
    'nothing was drawn yet'
);
select is(
    (pg_temp.stats(2) -> 'recent') - '{deciles}'::text[],
    '{"settled": 0, "since": null, "reveal_seconds": null, "beacon_seconds": null,
      "winner_share": null, "expected_winner_share": null, "chi_square": null,
      "degrees_of_freedom": 0}',
    'nor measured'
);

select open_pot('overdue');
select bring_to('overdue', 'settling');
select freeze_time('2030-01-01 12:10:00Z');
select rpc('pot_orchestrator', 'run_due') from generate_series(1, 3);
select open_pot(name)
from unnest('{open,locked,settling,voided early,voided late,quick,slow}'::text[]) as pots (name);
select bring_to('locked', 'locked');
select bring_to('settling', 'settling');
select bring_to('voided late', 'settling');
select bring_to('quick', 'settling');
select bring_to('slow', 'settling');
select rpc('pot_compliance:carol', 'void_pot', on_pot(name, '{"reason": "a test"}'))
from unnest('{voided early,voided late}'::text[]) as pots (name);
select freeze_time('2030-01-01 12:10:01.5Z');
select reveal('quick');
select freeze_time('2030-01-01 12:10:20Z');
select reveal('slow');

select is(
    pg_temp.stats(1) - '{recent}'::text[],
    '{"draw_version": 1, "locked": 6, "settled": 2, "awaiting_reveal": 2, "awaiting_beacon": 0,
      "aborted": 2, "aborts": {"voided": 1, "reveal_overdue": 1, "seed_spent": 0}, "abort_rate": 0.5,
      "voided_before_lock": 1}',
    'every lock is settled, aborted or awaited'
);
select is(
    (pg_temp.stats(1) -> 'recent') - '{deciles,winner_share,chi_square}'::text[],
    '{"settled": 2, "since": "2030-01-01T12:10:01.500000Z",
      "reveal_seconds": {"median": 1.5, "p99": 20, "max": 20}, "beacon_seconds": null,
      "expected_winner_share": 0.5, "degrees_of_freedom": 9}',
    'how long reveals took; two holders of half a pot each'
);
select is(
    (
        select array_agg(d.decile -> 'expected')
        from jsonb_array_elements(pg_temp.stats(1) #> '{recent,deciles}') as d (decile)
    ),
    array_fill('0.200'::jsonb, array[10]),
    'a fair draw gives each tenth of the tickets as much'
);
select is(
    (
        select array_agg(d.at - 1 order by d.at)
        from jsonb_array_elements(pg_temp.stats(1) #> '{recent,deciles}')
            with ordinality as d (decile, at)
        cross join generate_series(1, (d.decile ->> 'observed')::integer) as wins
    ),
    (select array_agg(s.winner_rank order by s.winner_rank) from private.settlements as s),
    'each winner is counted in the tenth of the ticket''s rank, which of ten tickets is the rank'
);
select is(
    pg_temp.stats(1) #>> '{recent,chi_square}',
    (
        select round(sum(((d.decile ->> 'observed')::numeric - 0.2) ^ 2 / 0.2), 3)::text
        from jsonb_array_elements(pg_temp.stats(1) #> '{recent,deciles}') as d (decile)
    ),
    'and compared with that'
);
select is(
    pg_temp.stats(1, 'ann'), pg_temp.stats(1), 'players see what everybody sees'
);
select is(
    rpc('anon', 'fairness_stats') - '{draws}'::text[],
    '{"as_of": "2030-01-01T12:10:20.000000Z", "window": 2000}',
    'as of when, and over how many'
);

select * from finish();
rollback;
