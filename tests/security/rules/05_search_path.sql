-- Every function runs with an empty search_path, so that no name in it can be shadowed.
select format('%s has no empty search_path', f.oid::regprocedure)
from pg_proc as f
where
    f.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
    and not coalesce('search_path=""' = any(f.proconfig), false)
