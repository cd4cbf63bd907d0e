-- What every call of compliance begins with, also those that need no name.
create or replace function private.require_standing()
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if private.is_dismissed() then
        perform private.fail('not_allowed', '{"reason": "revoked"}');
    end if;
end $$;

comment on function private.require_standing() is
'Fails with not_allowed for who was an officer and is none any more.';

revoke all on function private.require_standing()
from public, anon, authenticated, service_role;
