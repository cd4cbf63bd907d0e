-- Members of a group who come right after each other, or with one other in between, are near; who
-- comes two places later is not, however many of them there are.

begin;
\ir ../support/helpers.sql
select plan(3);

-- What being near weighs for six of two hundred who share an address, by their places.
create function pg_temp.near(p_places integer[])
returns numeric
language sql
as $$
    select max(cast(s.evidence -> 'weights' ->> 'synchronised_joins' as numeric))
    from private.judged_suspects(
        array(
            select (n, gen_random_uuid(), gen_random_uuid(), 1, true, null, null, false)
                ::private.seat
            from generate_series(1, 200) as g (n)
        ),
        '{}',
        array(
            select (1, 'shared_ip', 'l', 6, false, false, p.n)::private.suspect
            from unnest(p_places) as p (n)
        ),
        '{}'
    ) as s
$$;
select cmp_ok(
    pg_temp.near('{1,2, 90,91, 180,181}'), '>', 0.8, 'three who come right after another'
);
select is(
    pg_temp.near('{1,3, 90,92, 179,181}'), pg_temp.near('{1,2, 90,91, 180,181}'),
    'one in between makes no difference'
);
select cmp_ok(pg_temp.near('{1,4, 90,93, 178,181}'), '<', 0.0, 'two do');

select * from finish();
rollback;
