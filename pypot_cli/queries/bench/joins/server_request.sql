-- What PostgREST tells the transaction of a server's call, which hands in joins of many players.
begin isolation level read committed read write;
select
    set_config('search_path', 'public, extensions', true),
    set_config('statement_timeout', '8s', true),
    set_config('request.method', 'POST', true),
    set_config('request.path', '/rpc/join_pots', true),
    set_config('request.headers', format(
        '{"host": "pots.example.com", "content-type": "application/json",'
        ' "user-agent": "a server", "authorization": "Bearer %s"}', repeat('x', 200)
    ), true),
    set_config('request.cookies', '{}', true),
    set_config('request.jwt.claims', '{"role": "service_role"}', true),
    set_config('role', 'service_role', true);
