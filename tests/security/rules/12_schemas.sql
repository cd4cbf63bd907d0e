-- The schema private is ours alone, and nobody but its owner creates anything in it or in public.
select format('%s may create in %s', coalesce(r.rolname, 'everybody'), n.nspname)
from pg_namespace as n
cross join lateral aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) as a
left join pg_roles as r on a.grantee = r.oid
where
    n.nspname in ('public', 'private')
    and a.privilege_type = 'CREATE'
    and a.grantee <> n.nspowner
    and r.rolname is distinct from 'postgres'
union all
select format('%s may see into private', coalesce(r.rolname, 'everybody'))
from pg_namespace as n
cross join lateral aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) as a
left join pg_roles as r on a.grantee = r.oid
where n.nspname = 'private' and a.grantee = 0
