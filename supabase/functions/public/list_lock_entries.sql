-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.list_lock_entries.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.list_lock_entries(
    pot_id uuid,
    after_ticket bigint default null,
    page_size integer default 1000
)
returns setof public.lock_entry
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return query select * from private.list_lock_entries(pot_id, after_ticket, page_size);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.list_lock_entries(uuid, bigint, integer) is
'From lock on every entry in ticket order: all that recomputing entries_root needs. after_ticket: '
'the last first_ticket of the page before; page_size: 1 to 1000. Raises PT422 invalid_argument, '
'PT404 pot_not_found, PT409 wrong_state.';

revoke all on function public.list_lock_entries(uuid, bigint, integer)
from public, anon, authenticated, service_role;
grant execute on function public.list_lock_entries(uuid, bigint, integer)
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
