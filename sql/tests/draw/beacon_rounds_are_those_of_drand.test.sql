-- Which round comes when, by drand's rule: round 1 at genesis, the next a period later. The
-- recorded round 657413 of quicknet was given at 2023-09-15 11:00:03 UTC.

begin;
set local search_path = extensions, public;
select plan(18);

create temporary table quicknet on commit drop as
select c.genesis_time as genesis, c.period_seconds as period
from private.beacon_chains as c
where c.chain_hash = '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971';

select is((genesis, period)::text, '(1692803367,3)', 'quicknet is preset') from quicknet;
select is(
    private.beacon_round_time(genesis, period, 657413), '2023-09-15 11:00:03+00',
    'the time of a recorded round'
)
from quicknet;
select is(
    private.beacon_round_at(genesis, period, t.moment::timestamptz), t.round::bigint, t.what
)
from quicknet
cross join (values
    ('2023-09-15 11:00:03+00', 657413, 'the round of its own time'),
    ('2023-09-15 11:00:03.000001+00', 657414, 'a microsecond later the next'),
    ('2023-09-15 11:00:00.000001+00', 657413, 'and as early as that'),
    ('2023-09-15 11:00:00+00', 657412, 'but not at the round before'),
    ('2023-08-23 15:09:27+00', 1, 'round 1 at genesis'),
    ('2023-08-23 15:09:27.000001+00', 2, 'round 2 right after it'),
    ('2023-08-23 15:09:26.999999+00', 1, 'round 1 right before it'),
    ('1970-01-01 00:00:00+00', 1, 'round 1 long before it'),
    ('2100-01-01 00:00:00+00', 803213812, 'and in the year 2100')
) as t (moment, round, what);

select is(
    (
        select count(*)
        from generate_series(1, 5000) as g (round)
        cross join quicknet as q
        where private.beacon_round_at(
            q.genesis, p.period, private.beacon_round_time(q.genesis, p.period, g.round)
        ) <> g.round
    ),
    0::bigint,
    format('each is the inverse of the other with a period of %s s', p.period)
)
from (values (1), (3), (30)) as p (period);
select throws_ok(
    'select private.beacon_round_time(1, 3, 0)', '22023', null, 'there is no round 0'
);
select throws_ok(
    'select private.beacon_round_time(1, 0, 1)', '22023', null, 'nor a period of 0'
);
select throws_ok(
    $$select private.beacon_round_at(1, 0, '2026-01-01')$$, '22023', null, 'for the inverse too'
);
select throws_ok(
    $$select private.beacon_round_at(1, 3, 'infinity')$$, '22003', null, 'nor a round at no time'
);

select * from finish();
rollback;
