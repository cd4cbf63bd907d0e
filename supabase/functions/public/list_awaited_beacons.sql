-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.list_awaited_beacons.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.list_awaited_beacons(
    after uuid default null,
    page_size integer default 100
)
returns setof public.awaited_beacon
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return query select * from private.list_awaited_beacons(after, page_size);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.list_awaited_beacons(uuid, integer) is
'Revealed pots with draw 2 that wait for their beacon, the earliest round first. after: the last '
'pot_id of the page before; page_size: 1 to 1000. Raises PT422 invalid_argument, PT404 '
'pot_not_found (after).';

revoke all on function public.list_awaited_beacons(uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function public.list_awaited_beacons(uuid, integer)
to pot_settlement, pot_orchestrator, pot_beacon, service_role;
