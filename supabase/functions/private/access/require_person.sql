-- Fails with login_required unless the caller's JWT names a person (sub)
create or replace function private.require_person()
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if private.caller_sub() is null then
        perform private.fail('login_required');
    end if;
end $$;

comment on function private.require_person() is
'Fails with login_required unless the caller''s JWT names a person (sub): compliance is always '
'audited by name.';

revoke all on function private.require_person()
from public, anon, authenticated, service_role;
