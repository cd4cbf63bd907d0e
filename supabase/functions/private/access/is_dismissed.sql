-- A token outlives what it was made for by up to an hour. Who was an officer by private.officers
-- and is none now is refused at once. Who never was there has a token of the operator's own making,
-- as `pypot compliance --as` has, and is trusted with it.
create or replace function private.is_dismissed()
returns boolean
language plpgsql
stable
set search_path = ''
as $$
declare
    v_sub uuid := private.caller_sub();
begin
    return private.is_erased(v_sub)
        or exists (select from private.officers as o where o.user_id = v_sub)
        and not private.is_officer(v_sub);
end $$;

comment on function private.is_dismissed() is
'Whether the caller was named as an officer and is none any more, or was erased, whatever the '
'token says.';

revoke all on function private.is_dismissed()
from public, anon, authenticated, service_role;
