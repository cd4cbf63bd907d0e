-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.get_retention.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.get_retention()
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return private.get_retention();
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.get_retention() is
'For how long personal data are kept: {network_days, key_days, evidence_days, purged_until: '
'{keys, network, evidence}, waiting}. waiting: ended pots that are under review and so not yet '
'purged. Raises PT401.';

revoke all on function public.get_retention()
from public, anon, authenticated, service_role;
grant execute on function public.get_retention()
to pot_compliance, service_role;
