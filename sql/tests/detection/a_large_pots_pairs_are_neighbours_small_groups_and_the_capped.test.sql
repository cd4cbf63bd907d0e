-- Of up to 150 players all pairs are compared. Of more, each with the next five, the members of
-- groups of up to thirty with each other, and those at the cap.

begin;
\ir ../support/helpers.sql
select plan(7);

-- The pairs of a pot of so many players, whose first members are a group of every seventh; the
-- players 4, 14 and 24 are at the cap.
create function pg_temp.pairs(p_players integer, p_group integer)
returns setof private.pair
language sql
as $$
    select p.*
    from private.compared_pairs(
        array(
            select (n, gen_random_uuid(), gen_random_uuid(), 1, true, null, null, n in (4, 14, 24))
                ::private.seat
            from generate_series(1, p_players) as g (n)
        ),
        array(
            select (
                n, 0, p_players, 1, 1, 60, (n - 1.0) / p_players, n * 1.0 / p_players, 1,
                null, null, 1, 5
            )::private.visit
            from generate_series(1, p_players) as g (n)
        ),
        array(
            select (1, 'shared_address', 'a', 40, false, false, 7 * n)::private.suspect
            from generate_series(1, p_group) as g (n)
        )
    ) as p
$$;
create temporary table of_a_group on commit drop as select * from pg_temp.pairs(220, 30);

select is(
    (select count(*) from pg_temp.pairs(150, 3)), 150 * 149 / 2::bigint, 'all pairs of 150 players'
);
select is(
    -- The last five have fewer after them; the others are three pairs each.
    (select count(*) from pg_temp.pairs(151, 3)), 5 * 151 - 15 + 3 + 3::bigint,
    'of 151 each with the next five, three of a group, and three at the cap'
);
select is(
    (select array_agg(array[p.i, p.j] order by p.i, p.j) from of_a_group as p
        where p.i in (4, 14) and p.j in (14, 24)),
    '{{4, 14}, {4, 24}, {14, 24}}'::integer[], 'whoever is at the cap with each other'
);
select is(
    (select count(*) from of_a_group as p where p.i % 7 = 0 and p.j % 7 = 0),
    30 * 29 / 2::bigint, 'all pairs of a group of thirty'
);
select is(
    (
        select count(*) from pg_temp.pairs(220, 31) as p where p.i % 7 = 0 and p.j % 7 = 0
    ),
    0::bigint, 'and none of a larger one, whose members are far from each other'
);
select is(
    (select count(*) from of_a_group as p where p.i >= p.j), 0::bigint, 'nobody with themselves'
);

-- Two players at the same time: this pot, another one of ten players in which both were, one of ten
-- that the first alone was in, and one of twenty of the second. Four pots opened then.
select is(
    (
        select jsonb_build_object(
            'together', p.together, 'fewer', p.fewer,
            'expected', round(p.expected::numeric, 6),
            'nearness', round(p.nearness::numeric, 6),
            'w_strangers', round(p.w_strangers::numeric, 6)
        )
        from private.compared_pairs(
            array(
                select (n, gen_random_uuid(), gen_random_uuid(), 1, true, null, null, false)
                    ::private.seat
                from generate_series(1, 20) as g (n)
            ),
            array[
                (1, 0, 20, 9, 1, 60, 0.00, 0.05, 1, null, null, 1, 5)::private.visit,
                (2, 0, 20, 9, 1, 60, 0.20, 0.25, 1, null, null, 2, 5)::private.visit,
                (1, 1, 10, 8, 4, 60, 0.00, 0.10, 1, null, null, 1, 5)::private.visit,
                (2, 1, 10, 8, 4, 60, 0.30, 0.40, 1, null, null, 2, 5)::private.visit,
                (1, 2, 10, 8, 4, 60, 0.00, 0.10, 1, null, null, 1, 5)::private.visit,
                (2, 3, 20, 8, 4, 60, 0.30, 0.35, 1, null, null, 2, 5)::private.visit
            ],
            '{}'
        ) as p
    ),
    jsonb_build_object(
        -- This pot is no meeting: it is what is asked about.
        'together', 1, 'fewer', 2,
        -- Two of four pots, by two, over four: and of pots of unlike size 3 (600) / 40^2 as often.
        'expected', 1.125000,
        -- Two places were between them in ten.
        'nearness', round(-ln(2 * 3 / 10.0), 6),
        -- Four places are a fifth of this pot, so habits explain none of it; nor three of ten.
        'w_strangers', round((
            private.follow_weight(4, 20, false) + private.follow_weight(3, 10, false)
        )::numeric, 6)
    ),
    'what two pots together show'
);

select * from finish();
rollback;
