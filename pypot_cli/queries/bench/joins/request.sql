-- What PostgREST tells the transaction of one join: settings of the role, the request as a browser
-- behind an edge sends it, and who calls. Every player has an address and a device of their own.
begin isolation level read committed read write;
select
    set_config('search_path', 'public, extensions', true),
    set_config('statement_timeout', '8s', true),
    set_config('request.method', 'POST', true),
    set_config('request.path', '/rpc/join_pot', true),
    set_config('request.headers', format(
        '{"host": "pots.example.com", "connection": "keep-alive", "accept": "*/*",'
        ' "content-type": "application/json", "content-length": "120",'
        ' "accept-encoding": "gzip, br", "origin": "https://pots.example.com",'
        ' "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",'
        ' "x-client-info": "supabase-js-web/2.119.1", "prefer": "",'
        ' "authorization": "Bearer %s", "cf-ipcountry": "DE",'
        ' "cf-connecting-ip": "%s.%s.%s.%s", "x-device-id": "%s",'
        ' "x-correlation-id": "%s"}',
        repeat('x', 700), 1 + p.number / 16777216, p.number / 65536 % 256, p.number / 256 % 256,
        p.number % 256, p.id, p.id
    ), true),
    set_config('request.cookies', '{}', true),
    set_config('request.jwt.claims', format(
        '{"sub": "%s", "role": "authenticated", "aud": "authenticated", "is_anonymous": false,'
        ' "aal": "aal1", "email": "%s@pots.example.com", "iat": 1893456000, "exp": 1893459600,'
        ' "session_id": "%s", "app_metadata": {"provider": "email", "providers": ["email"]},'
        ' "user_metadata": {}}',
        p.id, p.hash, p.id
    ), true),
    set_config('role', 'authenticated', true)
from (
    select
        :player::integer as number,
        md5('player ' || :player::text) as hash,
        md5('player ' || :player::text)::uuid as id
) as p;
