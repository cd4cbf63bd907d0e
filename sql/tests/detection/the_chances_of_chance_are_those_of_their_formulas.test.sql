-- What chance explains is computed by bounds, each of which is compared here with its formula, and
-- where it begins and ends to hold (docs/collusion.md).

begin;
\ir ../support/helpers.sql
select plan(17);

-- ----------------------------------------------------------------------- so many, where so few are
-- exp(k - m - k ln(k / m)): of 6 where 2 are expected exp(4) / 3^6.
select is(
    round(private.chance_of_count(6, 2)::numeric, 9), round((exp(4.0) / 729)::numeric, 9),
    'six where two are expected'
);
select is(private.chance_of_count(2, 2), 1::double precision, 'as many as expected');
select is(private.chance_of_count(0, 0), 1::double precision, 'or nothing where nothing is');
select is(
    private.chance_of_count(1, 1e-9), exp(1 - 1e-9::double precision + ln(1e-9::double precision)),
    'one where a thousand millionth is'
);
select is(
    private.chance_of_count(1, 0), 1e-12::double precision, 'and below that the least there is'
);

-- ------------------------------------------------------------------------------- a sum of so many
-- exp(n - s + n ln(s / n)): of 6 in 2 exp(-4) 3^2.
select is(
    round(private.chance_of_sum(6, 2)::numeric, 9), round((9 * exp(-4.0))::numeric, 9),
    'a sum of six from two'
);
select is(private.chance_of_sum(2, 2), 1::double precision, 'a sum as large as expected');
select is(private.chance_of_sum(3, 0), 1::double precision, 'of nothing nothing is to be said');

-- ---------------------------------------------------------------------------------- made together
select is(
    round(private.chance_of_ages(0, 1, array[0, 1, 1e6])::numeric, 9), 0.5,
    'with one other there is something to compare with: half of the others are within two seconds'
);
select is(
    round(private.chance_of_ages(0, 1, array[0, 1, 1e6, 2e6])::numeric, 9), round(2 / 192.0, 9),
    'a third of all within twice the distance says nothing, and only 64 times does'
);
select is(
    round(private.chance_of_ages(0, 1, array[0, 0.5, 1, 1e6, 2e6])::numeric, 9), 0.5,
    'more than a third does'
);

-- ----------------------------------------------------------------------------- how many are bought
select is(
    array(select private.stake_class(n, 10) from generate_series(1, 10) as g (n)),
    '{1, 2, 2, 2, 3, 3, 3, 4, 4, 4}',
    'one ticket, less than half of the cap, less than eight tenths, and more'
);
select is(private.stake_class(1, 1), 0, 'where the cap is one there is nothing to choose');

-- Whose pots were at the cap so many times of so many, and so often besides where the cap was one.
create function pg_temp.is_capped(p_capped integer, p_pots integer, p_of_one integer)
returns boolean
language sql
as $$
    select s.is_capped
    from private.seats_with_habits(
        array[(1, gen_random_uuid(), gen_random_uuid(), 1, true, 1e6, 0.5, false)::private.seat],
        array(
            select (
                1, n, 20, n, 1, 60, 0, 1,
                case when n <= p_capped then 4 when n <= p_pots then 1 else 0 end,
                null, null, 1, 5
            )::private.visit
            from generate_series(1, p_pots + p_of_one) as g (n)
        )
    ) as s
$$;
select ok(pg_temp.is_capped(7, 10, 0), 'seven of ten pots at the cap are a habit');
select ok(not pg_temp.is_capped(6, 10, 0), 'six are none');
select ok(pg_temp.is_capped(7, 10, 5), 'and pots whose cap is one count for nothing');

-- ------------------------------------------------------------------------------------- one of two
select is(
    (private.link_weight('shared_device', 3, 3, true, true, 3) * 100)::integer
    - (private.link_weight('shared_device', 3, 3, true, true, 2) * 100)::integer,
    (100 * (ln(0.5 / 0.15) - ln(0.5 / 0.85)))::integer,
    'a device at as many addresses as it has players here is no family''s tablet'
);

select * from finish();
rollback;
