-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.exclude_entry.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.exclude_entry(entry_id uuid, reason text)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.exclude_entry(entry_id, reason);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.exclude_entry(uuid, text) is
'Takes an entry out of an open pot: full refund, tickets for sale again, and its player does not '
'join that pot again. Returns {entry_id, pot_id, ticket_count, credits_refunded, excluded_at}. '
'Raises PT401, PT403 not_allowed (own pot), PT404 entry_not_found, PT409 wrong_state, PT422.';

revoke all on function public.exclude_entry(uuid, text)
from public, anon, authenticated, service_role;
grant execute on function public.exclude_entry(uuid, text)
to pot_compliance, service_role;
