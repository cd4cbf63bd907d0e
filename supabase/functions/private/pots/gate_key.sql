-- Key of the pot's gate, a transaction-level advisory lock.
create or replace function private.gate_key(p_pot_id uuid)
returns bigint
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
begin
    return hashtextextended('pots/gate/' || p_pot_id, 0);
end $$;

comment on function private.gate_key(uuid) is
'Key of the pot''s gate, a transaction-level advisory lock. Two pots may share a key, at the price '
'of a wait: nothing takes two gates.';

revoke all on function private.gate_key(uuid)
from public, anon, authenticated, service_role;
