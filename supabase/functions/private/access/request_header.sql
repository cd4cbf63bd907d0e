-- A header of the request as PostgREST set it
create or replace function private.request_header(p_name text)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return nullif(current_setting('request.headers', true), '')::jsonb ->> p_name;
end $$;

comment on function private.request_header(text) is
'A header of the request as PostgREST set it; p_name in lower case; NULL without it.';

revoke all on function private.request_header(text)
from public, anon, authenticated, service_role;
