-- Nobody but the owner and the database's own administrators makes temporary objects: a type in
-- pg_temp is found before that of pg_catalog, also by a definer function.
select format('%s may make temporary objects', coalesce(r.rolname, 'everybody'))
from pg_database as d
cross join lateral aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) as a
left join pg_roles as r on a.grantee = r.oid
where
    d.datname = current_database()
    and a.privilege_type = 'TEMPORARY'
    and a.grantee <> d.datdba
    and r.rolname is distinct from 'dashboard_user'
