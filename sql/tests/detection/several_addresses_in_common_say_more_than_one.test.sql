-- Who lives together has one address in common, whose accounts come from a rented pool several; a
-- public machine says less than a device of few, and where a device is shared so are its places.

begin;
\ir ../support/helpers.sql
select plan(4);

-- What sharing weighs for two of twenty, who met four times.
create function pg_temp.shared(p_traits private.trait[])
returns numeric
language sql
as $$
    select max(cast(c.evidence -> 'weights' ->> 'shared' as numeric))
    from private.judged_company(
        gen_random_uuid(),
        array(
            select (n, gen_random_uuid(), gen_random_uuid(), 1, true, null, null, false)
                ::private.seat
            from generate_series(1, 20) as g (n)
        ),
        '{}', p_traits, array[(1, 2, 4, 4, 4, 0.2, 9, 12, 4, 1)::private.pair]
    ) as c
$$;
create function pg_temp.both(p_number integer, p_link text, p_accounts integer)
returns private.trait[]
language sql
as $$
    select array_agg((p_number, p_link, 'l', p_accounts, n, true, true)::private.trait)
    from generate_series(1, 2) as g (n)
$$;
select is(
    pg_temp.shared(pg_temp.both(1, 'shared_address', 4)), round(ln(5.0), 2), 'one address'
);
select is(
    pg_temp.shared(pg_temp.both(1, 'shared_address', 4) || pg_temp.both(2, 'shared_address', 4)),
    round(1.7 * ln(5.0), 2), 'two'
);
select cmp_ok(
    pg_temp.shared(pg_temp.both(1, 'shared_device', 30)), '<',
    pg_temp.shared(pg_temp.both(1, 'shared_device', 5)) - 2, 'a machine of thirty, and of five'
);
select is(
    pg_temp.shared(
        pg_temp.both(1, 'shared_device', 5) || pg_temp.both(2, 'shared_address', 4)
        || pg_temp.both(3, 'shared_address', 4)
    ),
    pg_temp.shared(pg_temp.both(1, 'shared_device', 5)), 'a device, with or without its addresses'
);

select * from finish();
rollback;
