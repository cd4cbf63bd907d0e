-- Raises: login_required, not_allowed, account_blocked.
create or replace function private.my_play_limits()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    return private.play_limits_json(private.require_player(), private.now());
end $$;

comment on function private.my_play_limits() is
'Definer half of public.my_play_limits.';

revoke all on function private.my_play_limits()
from public, anon, authenticated, service_role;
grant execute on function private.my_play_limits()
to authenticated, service_role;
