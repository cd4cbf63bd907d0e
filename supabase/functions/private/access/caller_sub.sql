-- The caller's user id
create or replace function private.caller_sub()
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
    v_sub text := private.claims() ->> 'sub';
begin
    return case
        when v_sub ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then v_sub::uuid
    end;
end $$;

comment on function private.caller_sub() is
'The caller''s user id: the JWT''s `sub`, NULL without one or when it is not a uuid.';

revoke all on function private.caller_sub()
from public, anon, authenticated, service_role;
