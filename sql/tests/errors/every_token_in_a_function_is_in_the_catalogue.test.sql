-- Read from the functions themselves: whatever is passed to fail or refuse is documented, and each
-- documented token is used.

begin;
\ir ../support/helpers.sql
select plan(3);

create temporary table used on commit drop as
select distinct t.token[1] as token
from pg_proc as p
cross join regexp_matches(
    p.prosrc, '(?:fail|refuse|refuse_player)\(\s*''([a-z_]+)''', 'g'
) as t (token)
where p.pronamespace in ('private'::regnamespace, 'public'::regnamespace);
select ok(count(*) > 10, 'tokens are found') from used;
select is(
    array(
        select u.token
        from used as u
        where u.token not in (select c.token from private.error_catalogue() as c)
    ),
    '{}', 'none is undocumented'
);
select is(
    array(
        select c.token
        from private.error_catalogue() as c
        where not exists (
            select
            from pg_proc as p
            where p.pronamespace in ('private'::regnamespace, 'public'::regnamespace)
                and p.proname <> 'error_catalogue'
                and p.prosrc like '%''' || c.token || '''%'
        )
    ),
    '{}', 'none is unused'
);

select * from finish();
rollback;
