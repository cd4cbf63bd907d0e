-- The name under which a player is shown
create or replace function private.public_handle(p_user_id uuid, p_entrant_tag text)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return coalesce(
        (select h.handle from private.player_handles as h where h.user_id = p_user_id),
        left(p_entrant_tag, 16)
    );
end $$;

comment on function private.public_handle(uuid, text) is
'The name under which a player is shown: the handle they chose, else the first 16 hex digits of '
'the entrant tag, which tells nothing of them.';

revoke all on function private.public_handle(uuid, text)
from public, anon, authenticated, service_role;
