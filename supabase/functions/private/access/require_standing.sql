-- What every call of compliance begins with, also one that others make who need no name: the
-- operator's own programs, a cron job. That a call is compliance's says its token, or the role of a
-- session that has no token.
create or replace function private.require_standing()
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if private.caller_sub() is null
        and 'pot_compliance' in (private.claims() ->> 'role', current_setting('role'))
    then
        perform private.fail('login_required');
    end if;
    if private.is_dismissed() then
        perform private.fail('not_allowed', '{"reason": "revoked"}');
    end if;
end $$;

comment on function private.require_standing() is
'Fails with login_required for compliance that names nobody (no sub), with not_allowed for who was '
'an officer and is none any more.';

revoke all on function private.require_standing()
from public, anon, authenticated, service_role;
