-- Why the caller may not act as a player
create or replace function private.player_problem()
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return (private.caller_player()).problem;
end $$;

comment on function private.player_problem() is
'Why the caller may not act as a player: login_required, not_allowed (anonymous sign-in, no such '
'user or one who was erased), account_blocked (banned or deleted); NULL when nothing stands in the '
'way.';

revoke all on function private.player_problem()
from public, anon, authenticated, service_role;
