-- A ban takes nobody's right to their own data.
create or replace function private.require_data_subject()
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
    v_problem text := private.player_problem();
begin
    if v_problem <> 'account_blocked' then
        perform private.fail(v_problem);
    end if;
    return private.caller_sub();
end $$;

comment on function private.require_data_subject() is
'The caller''s user id, for what concerns own data: as private.require_player, but a banned user '
'passes.';

revoke all on function private.require_data_subject()
from public, anon, authenticated, service_role;
