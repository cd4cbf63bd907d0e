-- Who buys the same each time, and who comes first to every pot, does so whoever else is there.

begin;
\ir ../support/helpers.sql
select plan(3);

-- The first two of twenty players in so many pots of days apart; p_first: they are always the first
-- two of a pot, otherwise next to each other anywhere.
create function pg_temp.pair(p_pots integer, p_first boolean)
returns private.pair
language sql
as $$
    select p
    from private.compared_pairs(
        array(
            select (n, gen_random_uuid(), gen_random_uuid(), 1, true, 1e6, n / 20.0, false)
                ::private.seat
            from generate_series(1, 20) as g (n)
        ),
        array(
            select (
                n, pot, 20, 1000 - pot * 8, 8, 60, (x.place - 1) / 20.0, x.place / 20.0, 1,
                null, null, case when n <= 2 then 3 else 1 + n % 2 end, 5
            )::private.visit
            from generate_series(1, 20) as g (n)
            cross join generate_series(0, p_pots - 1) as h (pot)
            cross join lateral (
                select case
                    when n <= 2 and p_first then n
                    when n <= 2 then n + (pot * 7) % 18
                    else 1 + (n * 7 + pot * 5) % 20
                end as place
            ) as x
        ),
        '{}'
    ) as p
    where p.i = 1 and p.j = 2
$$;
select cmp_ok((pg_temp.pair(1, false)).w_stakes, '>', 1.0::double precision, 'a rare stake weighs');
select cmp_ok(
    (pg_temp.pair(6, false)).w_stakes, '<', 3.5 * (pg_temp.pair(1, false)).w_stakes,
    'and in six pots no more than three times that, since it is a habit'
);
select cmp_ok(
    (pg_temp.pair(6, true)).w_strangers, '<', (pg_temp.pair(6, false)).w_strangers - 4,
    'two who are always first follow each other less than two who are anywhere'
);

select * from finish();
rollback;
