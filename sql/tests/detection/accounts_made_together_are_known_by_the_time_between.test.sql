-- Two accounts that were made minutes apart are no two strangers, unless many were made then.

begin;
\ir ../support/helpers.sql
select plan(6);

-- Forty accounts, one every ten days, and one that was made p_apart seconds before the twentieth.
create function pg_temp.chance(p_apart double precision, p_crowd integer)
returns double precision
language sql
as $$
    select private.chance_of_ages(
        20 * 864000, 20 * 864000 + p_apart,
        array(
            select a.age
            from (
                select n * 864000.0 as age from generate_series(1, 40) as g (n)
                union all
                select 20 * 864000 + p_apart
                union all
                -- A campaign brought so many in that hour.
                select 20 * 864000 - 1800 + 3600.0 * n / p_crowd
                from generate_series(1, p_crowd) as g (n)
            ) as a
            order by a.age
        )
    )
$$;
select cmp_ok(pg_temp.chance(300, 0), '<', 0.002::double precision, 'five minutes are no chance');
select cmp_ok(
    pg_temp.chance(400000, 0), '>', 10 * pg_temp.chance(300, 0),
    'half of what lies between all is'
);
select cmp_ok(
    pg_temp.chance(300, 20), '>', 4 * pg_temp.chance(300, 0),
    'nor are five minutes anything where twenty came in an hour'
);
select is(
    private.chance_of_ages(5, 6, array[5, 6]), 1::double precision, 'two alone show nothing'
);

-- Two of twenty who met four times, made so long after each other.
create function pg_temp.weight(p_apart double precision)
returns numeric
language sql
as $$
    with seats as (
        select array_agg(
            (
                n, gen_random_uuid(), gen_random_uuid(), 1, true,
                case when n = 2 then 864000 + p_apart else 864000.0 * n end, n / 20.0, false
            )::private.seat
            order by n
        ) as seats
        from generate_series(1, 20) as g (n)
    )
    select max(cast(c.evidence -> 'weights' ->> 'new_accounts' as numeric))
    from seats as s
    cross join lateral private.judged_company(
        gen_random_uuid(), s.seats, '{}', '{}',
        array[(1, 2, 4, 4, 4, 0.2, 9, 12, 4, 1)::private.pair]
    ) as c
$$;
select cmp_ok(pg_temp.weight(300), '>', 2.0, 'what company weighs is more by that');
select cmp_ok(pg_temp.weight(400000), '<', 1.0, 'and hardly, where they were made as any two');

select * from finish();
rollback;
