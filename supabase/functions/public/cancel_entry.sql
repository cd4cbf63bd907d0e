-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.cancel_entry.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.cancel_entry(entry_id uuid)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.cancel_entry(entry_id);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.cancel_entry(uuid) is
'Takes an own entry back while its pot is open: full refund. Returns {entry_id, pot_id, '
'ticket_count, credits_refunded, balance, cancelled_at}. Raises PT401, PT403, PT404 '
'entry_not_found, PT409 pot_not_open, PT422.';

revoke all on function public.cancel_entry(uuid)
from public, anon, authenticated, service_role;
grant execute on function public.cancel_entry(uuid)
to authenticated, service_role;
