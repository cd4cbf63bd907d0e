-- The operator's own automation has the service key and no name; compliance always has one.
create or replace function private.require_officer()
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if private.claims() ->> 'role' is distinct from 'service_role' then
        perform private.require_person();
    end if;
end $$;

comment on function private.require_officer() is
'Fails with login_required unless the caller is service_role or a person (sub).';

revoke all on function private.require_officer()
from public, anon, authenticated, service_role;
