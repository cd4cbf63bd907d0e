-- Nobody but a table's owner has any privilege on it but SELECT, directly, through PUBLIC, through
-- a role it inherits from, or on a column. Server roles (pg_*) and superusers are PostgreSQL's own.
select format('%s may %s on %s', r.rolname, p.privilege, c.oid::regclass)
from pg_class as c
cross join pg_roles as r
cross join unnest(array['insert', 'update', 'delete', 'truncate', 'references', 'trigger'])
as p (privilege)
where
    c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
    and c.relkind in ('r', 'p', 'v', 'm', 'f')
    and r.oid <> c.relowner
    and not r.rolsuper
    and r.rolname not like 'pg\_%'
    and not pg_has_role(r.oid, c.relowner, 'usage')
    and (
        has_table_privilege(r.oid, c.oid, p.privilege)
        or (
            p.privilege in ('insert', 'update', 'references')
            and has_any_column_privilege(r.oid, c.oid, p.privilege)
        )
    )
union all
select format('%s may use %s', coalesce(r.rolname, 'everybody'), c.oid::regclass)
from pg_class as c
cross join lateral aclexplode(coalesce(c.relacl, acldefault('s', c.relowner))) as a
left join pg_roles as r on a.grantee = r.oid
where
    c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
    and c.relkind = 'S'
    and a.grantee <> c.relowner
