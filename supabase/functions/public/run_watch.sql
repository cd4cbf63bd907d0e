-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.run_watch.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.run_watch()
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.run_watch();
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.run_watch() is
'Looks whether escrows are empty and chains whole, of a few pots a call, and opens or closes '
'alerts. Returns {watched}, or null while another call is at it. Bounded; safe from several '
'callers and from pg_cron.';

revoke all on function public.run_watch()
from public, anon, authenticated, service_role;
grant execute on function public.run_watch()
to pot_orchestrator, service_role;
