-- Definer code reads claims here and not through auth.jwt(): a pot_* role has no USAGE on
-- schema auth (contract 1).
create or replace function private.claims()
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb;
end $$;

comment on function private.claims() is
'The claims of the caller''s JWT as PostgREST set them; an empty object without one.';

revoke all on function private.claims()
from public, anon, authenticated, service_role;
