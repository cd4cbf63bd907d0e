-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.pack_lock_entries.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.pack_lock_entries(
    pot_id uuid,
    after_ticket bigint default null,
    page_size integer default 10000
)
returns text
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return private.pack_lock_entries(pot_id, after_ticket, page_size);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.pack_lock_entries(uuid, bigint, integer) is
'As list_lock_entries, for whoever recomputes a large pot: a page as hexadecimal text, 44 bytes an '
'entry (u64 first_ticket ‖ u32 ticket_count ‖ entrant_tag, big-endian), empty behind the last. '
'after_ticket: the last first_ticket of the page before; page_size: 1 to 10000. Raises PT422 '
'invalid_argument, PT404 pot_not_found, PT409 wrong_state.';

revoke all on function public.pack_lock_entries(uuid, bigint, integer)
from public, anon, authenticated, service_role;
grant execute on function public.pack_lock_entries(uuid, bigint, integer)
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
