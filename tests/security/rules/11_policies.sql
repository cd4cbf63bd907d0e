-- At most one permissive policy a table, command and role; none that lets anyone write; auth.uid()
-- asked once a statement, not once a row.
with policy as (
    select
        p.polname,
        p.polrelid,
        p.polcmd,
        p.polpermissive,
        pg_get_expr(p.polqual, p.polrelid) as reads,
        pg_get_expr(p.polwithcheck, p.polrelid) as writes,
        r.role
    from pg_policy as p
    inner join pg_class as c on p.polrelid = c.oid
    cross join lateral unnest(p.polroles) as r (role)
    where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
)

select format('policy %s on %s lets somebody write', p.polname, p.polrelid::regclass)
from policy as p
where p.polcmd in ('a', 'w', 'd') or (p.polcmd = '*' and p.writes is distinct from 'false')
union
select format('policy %s on %s calls auth once a row', p.polname, p.polrelid::regclass)
from policy as p
where regexp_replace(p.reads, '\( SELECT auth\.', '', 'g') ~ '\mauth\.\w+\('
union
select format('%s has several permissive policies for one command', p.polrelid::regclass)
from policy as p
where p.polpermissive
group by p.polrelid, p.polcmd, p.role
having count(*) > 1
