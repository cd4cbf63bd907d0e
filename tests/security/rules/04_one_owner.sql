-- postgres owns every object: its SECURITY DEFINER functions bypass row security, nothing more.
select format('%s belongs to %s', c.oid::regclass, c.relowner::regrole)
from pg_class as c
where
    c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
    and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'c')
    and c.relowner <> 'postgres'::regrole
union all
select format('%s belongs to %s', f.oid::regprocedure, f.proowner::regrole)
from pg_proc as f
where
    f.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
    and f.proowner <> 'postgres'::regrole
