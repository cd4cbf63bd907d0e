-- Fails with login_required unless the caller's JWT names a person (sub), and with not_allowed for
-- one who was erased (with a second pseudonym one person could be two) or is no officer any more.
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
    if private.is_erased(private.caller_sub()) then
        perform private.fail('not_allowed');
    end if;
    perform private.require_standing();
end $$;

comment on function private.require_person() is
'Fails with login_required unless the caller''s JWT names a person (sub), with not_allowed for one '
'who was erased or is no officer any more: compliance is always audited by name.';

revoke all on function private.require_person()
from public, anon, authenticated, service_role;
