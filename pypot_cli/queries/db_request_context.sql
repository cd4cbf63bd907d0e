-- What PostgREST tells a transaction about its request; the role comes last.
select
    pg_catalog.set_config('search_path', 'public, extensions', true),
    pg_catalog.set_config('request.jwt.claims', %(claims)s, true),
    pg_catalog.set_config('request.method', %(method)s, true),
    pg_catalog.set_config('request.path', %(path)s, true),
    pg_catalog.set_config('request.headers', %(headers)s, true),
    pg_catalog.set_config('request.cookies', %(cookies)s, true),
    pg_catalog.set_config('role', %(role)s, true)
