-- Every object says what it is: tables, views, columns of public tables, functions, types.
select format('%s %s has no comment', o.kind, o.name)
from (
    select
        'relation' as kind,
        c.oid::regclass::text as name,
        obj_description(c.oid, 'pg_class') as said
    from pg_class as c
    where
        c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
        and c.relkind in ('r', 'p', 'v', 'm', 'f')
    union all
    select 'column', a.attrelid::regclass || '.' || a.attname, col_description(a.attrelid, a.attnum)
    from pg_attribute as a
    inner join pg_class as c on a.attrelid = c.oid
    where
        c.relnamespace = 'public'::regnamespace
        and c.relkind in ('r', 'p', 'v', 'm', 'f')
        and a.attnum > 0
        and not a.attisdropped
    union all
    select 'function', f.oid::regprocedure::text, obj_description(f.oid, 'pg_proc')
    from pg_proc as f
    where f.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
    union all
    select 'type', t.oid::regtype::text, obj_description(t.oid, 'pg_type')
    from pg_type as t
    left join pg_class as c on t.typrelid = c.oid
    where
        t.typnamespace in ('public'::regnamespace, 'private'::regnamespace)
        and (t.typtype in ('e', 'd', 'r') or c.relkind = 'c')
) as o (kind, name, said)
where o.said is null
