-- Groups that share an address, on both sides of the borders that their weights have: when they
-- were made, how many are asked, how often they met, and what the pot allows (docs/collusion.md).

begin;
\ir ../support/helpers.sql
select plan(20);

-- A weight of a group in a pot of so many players, of whom so many have an age, one a day: members
-- are the first, every other of whom was made so many seconds after the one before; p_apart 0: as
-- anybody. Every two of them met so often.
create function pg_temp.weight(
    p_name text, p_members integer, p_accounts integer default 4, p_apart integer default 60,
    p_players integer default 20, p_aged integer default 20, p_together integer default 2,
    p_fewer integer default 2, p_stake integer default 0
)
returns numeric
language sql
as $$
    select cast(max(j.evidence -> 'weights' ->> p_name) as numeric)
    from private.judged_suspects(
        array(
            select (
                n, gen_random_uuid(), gen_random_uuid(), 1, true,
                case when n <= p_aged then x.age end,
                case when n <= p_aged then (x.age / 86400 - 1) / p_players end, false
            )::private.seat
            from generate_series(1, p_players) as g (n)
            cross join lateral (
                -- The last two of the group are the oldest, so its pairs are far from each other.
                select 86400.0 * case
                    when n in (p_members - 1, p_members) then n - p_members + p_players
                    when n in (p_players - 1, p_players) then n - p_players + p_members
                    else n
                end - case
                    when p_apart > 0 and n <= p_members and n % 2 = 0 then 86400 - p_apart else 0
                end as age
            ) as x
        ),
        array[(1, 0, p_players, 1, 1, 60, 0, 1, p_stake, null, null, 1, 5)::private.visit],
        array(
            select (1, 'shared_address', 'a', p_accounts, false, false, n)::private.suspect
            from generate_series(1, p_members) as g (n)
        ),
        array(
            select (i, j, p_together, p_together, p_fewer, 0.5 * p_fewer, 20, 0, 0, 0)
                ::private.pair
            from generate_series(1, p_members) as a (i)
            inner join generate_series(1, p_members) as b (j) on i < j
        )
    ) as j
    where j.player = 1 and j.kind = 'shared_address'
$$;

-- --------------------------------------------------------------------------------- made together
-- Of twenty, all others of which are a day apart: three times 3 p, and p = 2 / 19 / 64 by 64 times
-- the minute around the two, in which no third is.
select is(
    pg_temp.weight('new_accounts', 4, 8),
    round(2 * ln(0.5 * 0.25 * (3 * 3 * 2 / 19.0 / 64) ^ -0.75 + 0.5), 2),
    'two and two made a minute apart, of an address of eight'
);
select is(
    pg_temp.weight('new_accounts', 4, 9), round(2 * ln(0.5 * 0.25 + 0.5), 2),
    'where more use it than twice as many, that says nothing'
);
select cmp_ok(
    pg_temp.weight('new_accounts', 4, 8, 0), '<', 0.0,
    'nor is there anything about four who were made as any are'
);
select cmp_ok(
    pg_temp.weight('new_accounts', 30, 30, 60, 100, 100), '>', 0.0,
    'thirty, each made a minute from another, are told'
);
select is(
    pg_temp.weight('new_accounts', 31, 31, 60, 100, 100), round(2 * ln(0.5 * 0.25 + 0.5), 2),
    'of more it is not asked'
);
select is(pg_temp.weight('new_accounts', 2), 3.0, 'two a minute apart are as much as a couple');
select is(
    pg_temp.weight('new_accounts', 2, 4, 60, 8, 8),
    round(2 * ln(0.5 * 0.25 * (3 * 2 / 7.0 / 64) ^ -0.75 + 0.5), 2), 'of eight less'
);
select is(pg_temp.weight('new_accounts', 2, 4, 60, 8, 7), 0.0, 'of seven nothing is to be said');
select is(pg_temp.weight('new_accounts', 2, 4, 60, 20, 1), 0.0, 'nor of one alone');

-- ------------------------------------------------------------------------------------- how often
select is(
    pg_temp.weight('synchronised_joins', 6, 6, 0, 200, 0, 1, 4), 3.5,
    'who met once, and then came one after another, may weigh 3.5 for that'
);
select is(
    pg_temp.weight('synchronised_joins', 6, 6, 0, 200, 0, 0, 4), 1.8, 'a first table is less'
);
select cmp_ok(
    pg_temp.weight('played_together', 3, 6, 0, 20, 0, 2, 2), '>', 1.0,
    'two pots of two, at an address of six, are more than a family''s'
);
select is(pg_temp.weight('played_together', 3, 6, 0, 20, 0, 1, 1), 0.0, 'one of one is nothing');
select cmp_ok(
    pg_temp.weight('played_together', 3, 7, 0, 20, 0, 2, 2), '<', 0.5,
    'at one of seven they are compared with chance alone'
);
select is(
    pg_temp.weight('played_together', 3, 7, 0, 20, 0, 6, 8),
    round((2 * private.company_weight(6, 8, 4, 4))::numeric, 2),
    'which counts twice at an address'
);

-- ------------------------------------------------------------------------ what the pot allows
select is(
    pg_temp.weight('cap_splitting', 2, 4, 0, 20, 0, 2, 2, 1),
    round(private.trait_weight(
        private.rate_evidence(0, 2, 0.9, (0.6 / 22.0)::double precision), 0.4, 1.6
    )::numeric, 2), 'who could buy to the cap and did not'
);
select cmp_ok(
    pg_temp.weight('cap_splitting', 2, 4, 0, 20, 0, 2, 2, 1), '<', -0.3,
    'is less like a ring for it'
);
select is(
    pg_temp.weight('cap_splitting', 2, 4, 0, 20, 0, 2, 2, 0), 0.0,
    'where the cap is one nobody could'
);

-- ---------------------------------------------------------------------------------- other homes
-- Three came here from their homes too, and the others from theirs, of which every other one has
-- two; p_before: in so many earlier pots already.
create function pg_temp.home(p_before integer)
returns numeric
language sql
as $$
    select cast(j.evidence -> 'weights' ->> 'no_other_home' as numeric)
    from private.judged_suspects(
        array(
            select (n, gen_random_uuid(), gen_random_uuid(), 1, true, null, null, false)
                ::private.seat
            from generate_series(1, 20) as g (n)
        ),
        array(
            select (
                n, pot, 20, 1, 1, 60, 0, 1, 0, null, x.address, 1, 5
            )::private.visit
            from generate_series(1, 20) as g (n)
            cross join generate_series(0, p_before) as h (pot)
            cross join lateral (
                select 'home ' || n as address
                union all
                select 'shared' where n <= 3
                union all
                select 'second home of ' || n where n > 3 and n % 2 = 0
            ) as x
        ),
        array(
            select (1, 'shared_address', 'a', 3, false, false, n)::private.suspect
            from generate_series(1, 3) as g (n)
        ),
        '{}'
    ) as j
    where j.player = 1 and j.kind = 'shared_address'
$$;
select cmp_ok(pg_temp.home(1), '<', -1.0, 'who was seen at home before has one');
select is(pg_temp.home(0), 0.0, 'who was not seen before may or may not');

select * from finish();
rollback;
