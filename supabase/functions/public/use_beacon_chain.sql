-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.use_beacon_chain.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.use_beacon_chain(chain_hash text)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.use_beacon_chain(chain_hash);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.use_beacon_chain(text) is
'Makes a registered chain the one that pots with draw 2 opened from now on use; open ones keep '
'theirs. Returns {chain_hash}. Raises PT422 invalid_argument, also for a chain that has not begun.';

revoke all on function public.use_beacon_chain(text)
from public, anon, authenticated, service_role;
grant execute on function public.use_beacon_chain(text)
to service_role;
