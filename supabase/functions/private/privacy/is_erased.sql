-- Whether a player was forgotten: the user id plays no more
create or replace function private.is_erased(p_user_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return exists (
        select from private.erasures as e where e.user_id = p_user_id and e.erased_at is not null
    );
end $$;

comment on function private.is_erased(uuid) is
'Whether the player was forgotten (erase_player), whatever is left of a login.';

revoke all on function private.is_erased(uuid)
from public, anon, authenticated, service_role;
