-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.set_retention.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.set_retention(
    reason text,
    network_days integer default null,
    key_days integer default null,
    evidence_days integer default null
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.set_retention(reason, network_days, key_days, evidence_days);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.set_retention(text, integer, integer, integer) is
'Sets for how many days, 1 to 3650, personal data are kept: where entries came from and evidence '
'of flags from the end of their pot, idempotency keys from their join. NULL leaves one as it is. '
'Audited as event retention_set. Returns {network_days, key_days, evidence_days}. Raises PT401, '
'PT422.';

revoke all on function public.set_retention(text, integer, integer, integer)
from public, anon, authenticated, service_role;
grant execute on function public.set_retention(text, integer, integer, integer)
to pot_compliance, service_role;
