-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.prepare_checkpoint.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.prepare_checkpoint()
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.prepare_checkpoint();
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.prepare_checkpoint() is
'Takes every committed audit row into the log and returns its checkpoint, unsigned: {origin, size '
'(leaves), root (base64), text}; text is what the log''s key signs (c2sp.org/tlog-checkpoint).';

revoke all on function public.prepare_checkpoint()
from public, anon, authenticated, service_role;
grant execute on function public.prepare_checkpoint()
to pot_orchestrator, service_role;
