-- Whether the connected role is a superuser, and whether it is not postgres but may become it.
select
    r.rolsuper,
    current_user <> 'postgres'
    and coalesce(pg_has_role(current_user, to_regrole('postgres'), 'member'), false)
from pg_catalog.pg_roles as r
where r.rolname = current_user
