-- The caller's user id, for readers of own data.
create or replace function private.require_player()
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
    v_problem text := private.player_problem();
begin
    if v_problem is not null then
        perform private.fail(v_problem);
    end if;
    return private.caller_sub();
end $$;

comment on function private.require_player() is
'The caller''s user id, for readers of own data. Raises login_required, not_allowed or '
'account_blocked.';

revoke all on function private.require_player()
from public, anon, authenticated, service_role;
