-- Every table has row security on, partitions included: one queried directly bypasses its parent's
-- policies.
select format('%s has no row security', c.oid::regclass)
from pg_class as c
where
    c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
    and c.relkind in ('r', 'p')
    and not c.relrowsecurity
