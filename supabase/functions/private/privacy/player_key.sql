-- Key of a player's advisory lock of the transaction.
create or replace function private.player_key(p_user_id uuid)
returns bigint
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
begin
    return hashtextextended('pots/player/' || p_user_id, 0);
end $$;

comment on function private.player_key(uuid) is
'Key of a player''s advisory lock of the transaction: shared by what the player writes of oneself, '
'alone by an erasure.';

revoke all on function private.player_key(uuid)
from public, anon, authenticated, service_role;
