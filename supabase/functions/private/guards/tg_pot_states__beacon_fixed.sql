-- Which round decides is fixed before anybody knows it: the chain when the pot opens, the round
-- when it locks.
create or replace function private.tg_pot_states__beacon_fixed()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
    if new.beacon_chain_hash is distinct from old.beacon_chain_hash
        or old.beacon_round is not null and (new.beacon_round, new.beacon_at)
        is distinct from (old.beacon_round, old.beacon_at)
    then
        raise check_violation using message = 'the beacon of a pot is fixed';
    end if;
    return new;
end $$;

comment on function private.tg_pot_states__beacon_fixed() is
'Trigger: a pot''s beacon chain never changes, and its round is set once.';

revoke all on function private.tg_pot_states__beacon_fixed()
from public, anon, authenticated, service_role;
