-- Pairs are judged by how often they meet and follow each other, over what chance and one sitting
-- explain.

begin;
\ir ../support/helpers.sql
select plan(5);

select is(
    private.count_evidence(0, 22, 25), 1::double precision,
    'who never meets is no ring, however often chance says they should'
);

-- Two of twenty players follow each other in six pots, this one included: in one sitting, or on six
-- days, or never.
create function pg_temp.pair(p_days_apart integer, p_gap integer)
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
                n, pot, 20, 1000 - pot * 8 * p_days_apart, 8, 60,
                (x.place - 1) / 20.0, x.place / 20.0, 1, null, null, 1, 5
            )::private.visit
            from generate_series(1, 20) as g (n)
            cross join generate_series(0, 5) as h (pot)
            cross join lateral (
                -- The two are somewhere else each time, and the others come in another order.
                select case
                    when n = 1 then 1 + (pot * 3) % 8
                    when n = 2 then 1 + (pot * 3) % 8 + p_gap
                    else 1 + (n * 7 + pot * 5) % 20
                end as place
            ) as x
        ),
        '{}'
    ) as p
    where p.i = 1 and p.j = 2
$$;
select cmp_ok(
    (pg_temp.pair(1, 1)).w_strangers, '>', 2 * (pg_temp.pair(0, 1)).w_strangers - 5,
    'six days weigh more than one sitting'
);
select cmp_ok(
    (pg_temp.pair(0, 1)).w_strangers, '<', (pg_temp.pair(1, 1)).w_strangers * 0.7,
    'and one sitting much less than six days'
);
select cmp_ok(
    (pg_temp.pair(1, 12)).w_strangers, '<', 0::double precision,
    'who keeps apart is less like one person each time'
);
select cmp_ok(
    (pg_temp.pair(1, 1)).w_friends, '<', (pg_temp.pair(1, 1)).w_strangers,
    'and friends follow each other more than strangers do'
);

select * from finish();
rollback;
