-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.list_pots.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.list_pots(
    status public.pot_status default null,
    min_value bigint default null,
    max_value bigint default null,
    after uuid default null,
    page_size integer default 20
)
returns setof public.pot_summary
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return query select * from private.list_pots(status, min_value, max_value, after, page_size);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.list_pots(public.pot_status, bigint, bigint, uuid, integer) is
'PotSummary rows, newest first (PRD 4.1, GET /api/pots). status: only pots in it; min_value, '
'max_value: credits_committed, in credits; after: the last id of the page before; page_size: 1 to '
'100. Raises PT422 invalid_argument, PT404 pot_not_found (after).';

revoke all on function public.list_pots(public.pot_status, bigint, bigint, uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function public.list_pots(public.pot_status, bigint, bigint, uuid, integer)
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
