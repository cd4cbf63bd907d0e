-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.purge_expired.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.purge_expired(limit_rows integer default 1000)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.purge_expired(limit_rows);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.purge_expired(integer) is
'Forgets what is older than the retention settings say: limit_rows rows at most, 1 to 100000. '
'Returns {keys, network, evidence, more}: idempotency keys, entries and flags, and whether to '
'call again; null when another call is at it. Safe from several callers and from pg_cron. Raises '
'PT401, PT403 not_allowed, PT422.';

revoke all on function public.purge_expired(integer)
from public, anon, authenticated, service_role;
grant execute on function public.purge_expired(integer)
to pot_compliance, service_role;
