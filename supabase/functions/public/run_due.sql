-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.run_due.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.run_due()
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.run_due();
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.run_due() is
'Does one thing whose time has come and returns {pot_id, task, result}, or null; call again until '
'null. task: lock, refund (an overdue reveal), scan (for fraud), alert, set_aside (it cannot be '
'finished now), none (somebody else was first), or with pot_id null purge (a piece of what has '
'expired is forgotten, when nothing else is due). Safe from several callers and from pg_cron.';

revoke all on function public.run_due()
from public, anon, authenticated, service_role;
grant execute on function public.run_due()
to pot_orchestrator, service_role;
