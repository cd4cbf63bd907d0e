-- Three of twenty players come from one address, each with a device: a ring if they keep together
-- and live nowhere else, a family or people who met if they do not.

begin;
\ir ../support/helpers.sql
select plan(9);

-- They met so often in so many pots; p_own: each was also seen at an address of its own; p_device:
-- what they were seen with, a new one each time, or some of two that all of them use.
create function pg_temp.weights(
    p_together integer, p_fewer integer, p_own boolean, p_device text, p_accounts integer,
    p_players integer default 20, p_expected double precision default 0.5
)
returns jsonb
language sql
as $$
    select j.evidence -> 'weights'
    from private.judged_suspects(
        array(
            select (n, gen_random_uuid(), gen_random_uuid(), 1, true, null, null, false)
                ::private.seat
            from generate_series(1, p_players) as g (n)
        ),
        array(
            select (
                n, pot, p_players, 1000 - pot * 8, 8, 60, 0, 1, 1,
                case
                    when n > 3 then 'of ' || n
                    when p_device = 'new' then 'of ' || n || ' in ' || pot
                    else 'machine ' || (n + pot) % 2
                end,
                case
                    when n > 3 then 'home ' || n || case when n % 2 = 0 then '' else ' ' || pot end
                    when pot > 0 and p_own then 'home ' || n
                    else 'shared'
                end,
                1, 5
            )::private.visit
            from generate_series(1, p_players) as g (n)
            cross join generate_series(0, 2) as h (pot)
        ),
        array(
            select (1, 'shared_address', 'a', p_accounts, false, false, n)::private.suspect
            from generate_series(1, 3) as g (n)
        ),
        array(
            select (
                i, j, p_together, p_together, p_fewer, p_expected, 2.0 * p_together, 0, 0, 0
            )::private.pair
            from (values (1, 2), (1, 3), (2, 3)) as p (i, j)
        )
    ) as j
    where j.player = 1 and j.kind = 'shared_address'
$$;
create function pg_temp.weight(
    p_name text, p_together integer, p_fewer integer, p_own boolean, p_device text,
    p_accounts integer
)
returns numeric
language sql
as $$
    select cast(
        pg_temp.weights(p_together, p_fewer, p_own, p_device, p_accounts) ->> p_name as numeric
    )
$$;

select is(
    pg_temp.weight('played_together', 1, 1, false, 'new', 3), 0.0,
    'one pot together is no company, if it was their only one'
);
select cmp_ok(
    pg_temp.weight('played_together', 4, 5, false, 'new', 3), '>', 2.0, 'four of five are'
);
select cmp_ok(
    cast(pg_temp.weights(4, 5, false, 'new', 3, 20, 2) ->> 'played_together' as numeric), '>', 1.0,
    'also where chance says two of five: a family keeps apart more often'
);
select cmp_ok(
    pg_temp.weight('played_together', 1, 5, false, 'new', 3), '<', 0.5, 'one of five is a family''s'
);
select cmp_ok(
    pg_temp.weight('no_other_home', 1, 2, true, 'new', 3), '<', -1.0,
    'who was seen at a home of their own only met here'
);
select cmp_ok(
    pg_temp.weight('no_other_home', 1, 2, false, 'new', 3), '>=', 0.0,
    'and who was seen nowhere else did not'
);
select cmp_ok(
    pg_temp.weight('churned_devices', 1, 2, false, 'new', 3), '>', 1.0,
    'a new device each time is a ring''s'
);
select cmp_ok(
    pg_temp.weight('churned_devices', 1, 2, false, 'machines', 3), '<', 0.0,
    'machines that all of them sit at are no new ones'
);
select cmp_ok(
    cast(pg_temp.weights(0, 0, false, 'new', 3, 5) ->> 'synchronised_joins' as numeric), '>',
    -0.3, 'who is most of a pot cannot come nearer to each other, so that says nothing'
);

select * from finish();
rollback;
