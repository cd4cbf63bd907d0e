-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.list_live_drops.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.list_live_drops(
    after bigint default null, page_size integer default 20
)
returns setof public.live_drop
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return query select * from private.list_live_drops(after, page_size);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.list_live_drops(bigint, integer) is
'Prizes that reached their winners, newest first, each pot once. after: the last drop_id of the '
'page before; page_size 1 to 100. handle is the winner''s, else the first 16 hex digits of the '
'entrant tag; proof is the path of the API that gives the settlement proof. Raises PT422 '
'invalid_argument.';

revoke all on function public.list_live_drops(bigint, integer)
from public, anon, authenticated, service_role;
grant execute on function public.list_live_drops(bigint, integer)
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
