-- What has no row security of its own is no way around it: views run as their caller, and
-- materialized views and foreign tables are readable by nobody but their owner.
select format('%s is a view with its owner''s rights', c.oid::regclass)
from pg_class as c
where
    c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
    and c.relkind = 'v'
    and not coalesce('security_invoker=true' = any(c.reloptions), false)
union all
select format('%s is readable by %s', c.oid::regclass, coalesce(r.rolname, 'everybody'))
from pg_class as c
cross join lateral aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) as a
left join pg_roles as r on a.grantee = r.oid
where
    c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
    and c.relkind in ('m', 'f')
    and a.grantee <> c.relowner
