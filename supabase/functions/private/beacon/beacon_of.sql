-- Which round of which chain a pot with draw 2 waits for
create or replace function private.beacon_of(p_state private.pot_states)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_state.beacon_chain_hash is null then
        return null;
    end if;
    return jsonb_build_object(
        'chain_hash', p_state.beacon_chain_hash,
        'round', p_state.beacon_round,
        'round_time', private.json_time(p_state.beacon_at)
    );
end $$;

comment on function private.beacon_of(private.pot_states) is
'{chain_hash, round, round_time} of a pot with draw 2, the last two NULL until lock; NULL with '
'draw 1.';

revoke all on function private.beacon_of(private.pot_states)
from public, anon, authenticated, service_role;
