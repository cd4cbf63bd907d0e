-- Every transition starts here, so the lock order is the same for all: pots row, gate, a caller's
-- new pseudonym, wallets by user_id, stripes.
-- A join passes the gate in shared mode and never touches the pots row, so joins do not wait
-- for each other. The row is held without its key, which never changes: a batch that writes a
-- stripe twice has the stripe's foreign key asked for the pot, after it has passed the gate.
create or replace function private.hold_pot(p_pot_id uuid, p_close_gate boolean)
returns public.pots
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_pot public.pots;
begin
    perform private.require_given('pot_id', p_pot_id::text);
    perform private.require_read_committed();
    select * into v_pot from public.pots as p where p.id = p_pot_id for no key update;
    if not found then
        perform private.fail('pot_not_found');
    end if;
    if p_close_gate then
        perform pg_advisory_xact_lock(private.gate_key(p_pot_id));
    end if;
    return v_pot;
end $$;

comment on function private.hold_pot(uuid, boolean) is
'Locks the pot''s row and, when p_close_gate, waits until every join and cancelled entry under way '
'has ended and keeps new ones waiting. Returns the row. Raises invalid_argument, pot_not_found.';

revoke all on function private.hold_pot(uuid, boolean)
from public, anon, authenticated, service_role;
