-- What the policies of the tables that compliance reads by itself ask: as private.require_standing
-- for a function, but rows are not refused, they are not there.
create or replace function private.reads_as_officer()
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    return private.caller_sub() is not null and not private.is_dismissed();
end $$;

comment on function private.reads_as_officer() is
'Whether the caller, in role pot_compliance, has a name (sub) and is an officer still: row '
'security asks it.';

revoke all on function private.reads_as_officer()
from public, anon, authenticated, service_role;
grant execute on function private.reads_as_officer()
to pot_compliance;
