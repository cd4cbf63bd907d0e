-- What ties two of twenty players is weighed by borders, on both sides of each of which they are
-- looked at here.

begin;
\ir ../support/helpers.sql
select plan(24);

-- What is found of two who follow each other closely; so many of the twenty have an age, all but
-- the two months apart from the others.
create function pg_temp.judged(
    p_pair private.pair, p_traits private.trait[] default '{}', p_aged integer default 0,
    p_stake integer default 0
)
returns table (kind text, log_odds numeric, weights jsonb)
language sql
as $$
    select c.kind, round(ln(c.score / (1 - c.score))::numeric, 2), c.evidence -> 'weights'
    from private.judged_company(
        gen_random_uuid(),
        array(
            select (
                n, gen_random_uuid(), gen_random_uuid(), 1, true,
                case when n = 2 then 86460 when n <= p_aged then n * 86400 end,
                case when n <= p_aged then n / 20.0 end, false
            )::private.seat
            from generate_series(1, 20) as g (n)
        ),
        array[(1, 0, 20, 1, 1, 60, 0, 1, p_stake, null, null, 1, 5)::private.visit],
        p_traits, array[p_pair]
    ) as c
    where c.player = p_pair.i
$$;
create function pg_temp.met(
    p_together integer, p_fewer integer default 4, p_other integer default 2,
    p_friends double precision default 0
)
returns private.pair
language sql
as $$
    select (
        1, p_other, p_together, p_together, p_fewer, 0.2, 9, 20, p_friends, 0
    )::private.pair
$$;
create function pg_temp.both(p_number integer, p_link text, p_accounts integer)
returns private.trait[]
language sql
as $$
    select array_agg((p_number, p_link, 'l', p_accounts, n, true, true)::private.trait)
    from generate_series(1, 2) as g (n)
$$;
create function pg_temp.weight(
    p_name text, p_pair private.pair, p_traits private.trait[] default '{}',
    p_aged integer default 0, p_stake integer default 0
)
returns numeric
language sql
as $$
    select cast(max(j.weights ->> p_name) as numeric)
    from pg_temp.judged(p_pair, p_traits, p_aged, p_stake) as j
$$;
create function pg_temp.kinds(p_pair private.pair, p_traits private.trait[] default '{}')
returns text[]
language sql
as $$
    select coalesce(array_agg(j.kind order by j.kind), '{}')
    from pg_temp.judged(p_pair, p_traits) as j
$$;
-- How much surer than about friends who share nothing: all else is nearly certain.
create function pg_temp.over_friends(p_traits private.trait[])
returns numeric
language sql
as $$
    select
        (select max(j.log_odds) from pg_temp.judged(pg_temp.met(4), p_traits) as j)
        - (select max(j.log_odds) from pg_temp.judged(pg_temp.met(4)) as j)
$$;

-- ------------------------------------------------------------------------------------ how often
select is(pg_temp.weight('never_apart', pg_temp.met(3, 3)), 0.0, 'three pots are too few');
select is(
    pg_temp.weight('never_apart', pg_temp.met(4, 4)), round(ln(0.8 / 0.3), 2), 'four are enough'
);
select is(
    pg_temp.weight('never_apart', pg_temp.met(9, 10)), round(ln(0.8 / 0.3), 2), 'nine of ten'
);
select is(pg_temp.weight('never_apart', pg_temp.met(8, 10)), 0.0, 'eight of ten say nothing');
select is(pg_temp.weight('never_apart', pg_temp.met(5, 10)), 0.0, 'nor does one of two');
select is(
    pg_temp.weight('never_apart', pg_temp.met(4, 10)), round(ln(0.2 / 0.7), 2),
    'fewer speak for friends'
);
select is(
    pg_temp.weight('closer_than_friends', pg_temp.met(2, 2, 2, 5)), 3.0,
    'who met twice may be three nearer than friends'
);
select is(
    pg_temp.weight('closer_than_friends', pg_temp.met(1, 1, 2, 5)), 2.2, 'once is less'
);

-- ------------------------------------------------------------------------------------- how near
select is(
    pg_temp.kinds(pg_temp.met(1)), '{played_together,synchronised_joins}',
    'who met and followed is flagged for both'
);
select is(
    pg_temp.kinds(pg_temp.met(0, 4, 3)), '{synchronised_joins}',
    'who never met before but came two places later for that'
);
select is(pg_temp.kinds(pg_temp.met(0, 4, 4)), '{}', 'three places later for nothing');
select is(
    pg_temp.kinds(
        pg_temp.met(0, 4, 4),
        array[
            (1, 'shared_device', 'l', 2, 1, true, true)::private.trait,
            (1, 'shared_device', 'l', 2, 4, true, true)::private.trait
        ]
    ), '{synchronised_joins}', 'unless they share a device'
);

-- ------------------------------------------------------------------------------- what is shared
select is(pg_temp.over_friends(pg_temp.both(1, 'shared_device', 8)), 1.2, 'a device of eight');
select is(pg_temp.over_friends(pg_temp.both(1, 'shared_device', 9)), 0.0, 'is no friends''');
select is(
    pg_temp.over_friends(
        pg_temp.both(1, 'shared_address', 12) || pg_temp.both(2, 'shared_address', 12)
    ), 1.5, 'two addresses of twelve'
);
select is(
    pg_temp.over_friends(
        pg_temp.both(1, 'shared_address', 12) || pg_temp.both(2, 'shared_address', 13)
    ), 0.0, 'one of them a carrier''s'
);
select is(
    pg_temp.over_friends(pg_temp.both(1, 'shared_address', 12)), 0.0, 'friends have one home'
);
select is(
    pg_temp.weight('shared', pg_temp.met(4), pg_temp.both(1, 'shared_device', 50)),
    round(ln(20.0) + 1 - 1.5 * ln(50 / 6.0), 2), 'a public machine of fifty'
);
select is(
    pg_temp.weight('shared', pg_temp.met(4), pg_temp.both(1, 'shared_device', 51)), 0.0,
    'what more use is no device'
);

-- ------------------------------------------------------------------- what there is to compare with
select cmp_ok(
    pg_temp.weight('new_accounts', pg_temp.met(4), '{}', 8), '>', 1.0,
    'a minute between two accounts, of eight whose age is known'
);
select is(
    pg_temp.weight('new_accounts', pg_temp.met(4), '{}', 7), 0.0, 'of seven nothing is to be said'
);
select is(
    pg_temp.weight('cap_splitting', pg_temp.met(4), '{}', 0, 1),
    round(private.trait_weight(
        private.rate_evidence(0, 2, 0.9, (0.6 / 22.0)::double precision), 0.6, 3
    )::numeric, 2), 'who could buy to the cap and did not'
);
select cmp_ok(
    pg_temp.weight('cap_splitting', pg_temp.met(4), '{}', 0, 1), '<', -0.5,
    'is less like a ring for it'
);
select is(
    pg_temp.weight('cap_splitting', pg_temp.met(4)), 0.0, 'where the cap is one nobody could'
);

select * from finish();
rollback;
