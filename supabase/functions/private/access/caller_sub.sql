-- The caller's user id
create or replace function private.caller_sub()
returns uuid
language sql
stable
set search_path = ''
as $$
    select case
        when s.sub ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then s.sub::uuid
    end
    from (select private.claims() ->> 'sub' as sub) as s
$$;

comment on function private.caller_sub() is
'The caller''s user id: the JWT''s `sub`, NULL without one or when it is not a uuid.';

revoke all on function private.caller_sub()
from public, anon, authenticated, service_role;
