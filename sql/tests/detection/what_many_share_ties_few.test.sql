-- What two share weighs by how many others were ever seen with it, and what hundreds use ties
-- nobody. A public place has many machines that many sit at.

begin;
\ir ../support/helpers.sql
select plan(8);

select cmp_ok(
    private.link_weight('shared_address', 3, 30, false, false, 1), '<',
    private.link_weight('shared_address', 3, 3, false, false, 1) - 2.5,
    'three of a carrier''s thirty are less than a home''s three'
);
select cmp_ok(
    private.link_weight('linked_accounts', 6, 24, true, true, 2), '<',
    private.link_weight('linked_accounts', 6, 7, true, true, 2) - 2,
    'six of twenty-four on a chain of devices are less than six of seven'
);
select cmp_ok(
    private.link_weight('linked_accounts', 3, 3, true, true, 1), '<',
    private.link_weight('linked_accounts', 3, 3, true, true, 3),
    'and less when they came from one place'
);

-- Twenty players, of whom the first p_accounts come from one address.
create function pg_temp.ties(p_accounts integer)
returns bigint
language sql
as $$
    select count(*) filter (where t.ties)
    from private.shared_traits(
        gen_random_uuid(),
        array(
            select (n, gen_random_uuid(), gen_random_uuid(), 1, true, 1e6, n / 20.0, false)
                ::private.seat
            from generate_series(1, 20) as g (n)
        ),
        array(
            select (
                n, 0, 20, 1, 1, 60, (n - 1) / 20.0, n / 20.0, 1, null,
                case when n <= p_accounts then 'one' else 'own ' || n end, 1, 5
            )::private.visit
            from generate_series(1, 20) as g (n)
        )
    ) as t
$$;
select is(pg_temp.ties(12), 12::bigint, 'an address ties the twelve that use it');
select is(pg_temp.ties(13), 0::bigint, 'and nobody, if thirteen do');

-- Four accounts in a chain of three devices, each of which so many others were seen with.
create function pg_temp.chain(p_others integer, p_at_one_place boolean)
returns private.suspect
language sql
as $$
    select s
    from private.linked_suspects(
        gen_random_uuid(),
        array(
            select (n, gen_random_uuid(), gen_random_uuid(), 1, true, 1e6, n / 20.0, false)
                ::private.seat
            from generate_series(1, 20) as g (n)
        ),
        array(
            select (d, 'shared_device', 'd' || d, 2 + p_others, d + e, false, true)::private.trait
            from generate_series(1, 3) as g (d)
            cross join generate_series(0, 1) as h (e)
            union all
            select (4, 'shared_address', 'a', 25, n, true, false)::private.trait
            from generate_series(1, 4) as g (n)
            where p_at_one_place
        )
    ) as s
    where s.link = 'linked_accounts'
    limit 1
$$;
select is((pg_temp.chain(0, false)).accounts, 4, 'of a chain that nobody else used all are here');
select is(
    (pg_temp.chain(9, false)).accounts, 22,
    'of others'' devices those are missing, each of whom used as many as the four did'
);
select is(
    (pg_temp.chain(0, true)).accounts, 25, 'at a place of many the guests are, who may sit there'
);

select * from finish();
rollback;
