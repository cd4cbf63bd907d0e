-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.my_receipt.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.my_receipt(entry_id uuid)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return private.my_receipt(entry_id);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.my_receipt(uuid) is
'Receipt of an own entry: {entry_id, pot_id, seq, ticket_count, salt, entrant_tag} and, from lock '
'on, first_ticket and merkle_path (leaf to root). Tickets are numbered in the order of seq. Raises '
'PT401, PT403, PT404 entry_not_found, PT422.';

revoke all on function public.my_receipt(uuid)
from public, anon, authenticated, service_role;
grant execute on function public.my_receipt(uuid)
to authenticated, service_role;
