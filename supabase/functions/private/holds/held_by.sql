-- Flags that hold a player's payout in a pot
create or replace function private.held_by(p_pot_id uuid, p_user_id uuid)
returns setof private.flags
language sql
stable
set search_path = ''
as $$
    select f.*
    from private.holding_flags as h
    inner join private.flags as f on h.flag_id = f.flag_id
    where h.pot_id = p_pot_id and f.user_id = p_user_id and f.status <> 'cleared'
$$;

comment on function private.held_by(uuid, uuid) is
'The flags that hold the player''s payout in the pot: recorded before the reveal and not cleared.';

revoke all on function private.held_by(uuid, uuid)
from public, anon, authenticated, service_role;
