-- The rest of this transaction is the caller's, on one topic. No row, and nothing set, for a role
-- that no request may have.
select
    pg_catalog.set_config('statement_timeout', '3s', true),
    pg_catalog.set_config('search_path', 'public, extensions', true),
    pg_catalog.set_config('request.jwt.claims', %(claims)s, true),
    pg_catalog.set_config('request.headers', '{}', true),
    pg_catalog.set_config('realtime.topic', %(topic)s, true),
    pg_catalog.set_config('role', r.rolname, true)
from pg_catalog.pg_roles as r
where r.rolname = %(role)s
    and pg_catalog.pg_has_role('authenticator', r.oid, 'member')
