-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.list_beacon_chains.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.list_beacon_chains()
returns setof public.beacon_chain
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return query select * from private.list_beacon_chains();
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.list_beacon_chains() is
'Every registered beacon chain, the oldest first, with what verifying its rounds takes; in_use '
'marks the one that new pots with draw 2 name.';

revoke all on function public.list_beacon_chains()
from public, anon, authenticated, service_role;
grant execute on function public.list_beacon_chains()
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
