-- Who acts, as the audit keeps it; and what is long here need not be short.
select
    pg_catalog.set_config('request.jwt.claims', %(claims)s, true),
    pg_catalog.set_config('request.headers', %(headers)s, true),
    pg_catalog.set_config('statement_timeout', '0', true),
    pg_catalog.set_config('lock_timeout', '10s', true)
