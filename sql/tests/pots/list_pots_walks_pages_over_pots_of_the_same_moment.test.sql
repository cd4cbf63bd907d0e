-- Keyset over (created_at, id): `after` is the last id of the page before, and pots opened in the
-- same microsecond are neither left out nor listed twice.

begin;
\ir ../support/helpers.sql
select plan(3);

select freeze_time('2030-01-01 12:00:00Z');
select open_pot('p' || n) from generate_series(1, 5) as g (n);
select pass_time('1 second');
select open_pot('newest');

create temporary table pages on commit drop as
with recursive page as (
    select 1 as number, rpc('anon', 'list_pots', '{"page_size": 2}') as pots
    union all
    select p.number + 1, rpc('anon', 'list_pots', jsonb_build_object(
        'page_size', 2, 'after', p.pots -> -1 ->> 'id'
    ))
    from page as p
    where p.number < 10 and jsonb_array_length(p.pots) > 0
)

select * from page;

select is(
    (
        select array_agg((r.pot ->> 'id')::uuid order by p.number, r.place)
        from pages as p
        cross join jsonb_array_elements(p.pots) with ordinality as r (pot, place)
    ),
    array[pot_id('newest')] || array(
        select pot_id('p' || n) from generate_series(1, 5) as g (n) order by 1 desc
    ),
    'every pot once: the newest first, then those of one moment by id, falling'
);
select is(
    (select array_agg(jsonb_array_length(p.pots) order by p.number) from pages as p),
    '{2,2,2,0}',
    'three full pages, and an empty one that ends it'
);

-- One status is a statement of its own.
select is(
    (
        with recursive page as (
            select
                1 as number,
                rpc('anon', 'list_pots', '{"page_size": 2, "status": "open"}') as pots
            union all
            select p.number + 1, rpc('anon', 'list_pots', jsonb_build_object(
                'page_size', 2, 'status', 'open', 'after', p.pots -> -1 ->> 'id'
            ))
            from page as p
            where p.number < 10 and jsonb_array_length(p.pots) > 0
        )

        select jsonb_agg(p.pots order by p.number) from page as p
    ),
    (select jsonb_agg(p.pots order by p.number) from pages as p),
    'the pages of the open ones are the same'
);

select * from finish();
rollback;
