-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.rotate_webhook_secret.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.rotate_webhook_secret(
    webhook_id uuid,
    overlap_seconds integer default 86400
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.rotate_webhook_secret(webhook_id, overlap_seconds);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.rotate_webhook_secret(uuid, integer) is
'Makes a new secret for a webhook and returns {webhook_id, secret, old_secret_until}: the only '
'time that it is told. Until then both sign; with overlap_seconds 0 (a secret has leaked) the new '
'one alone, at once. Raises PT422 invalid_argument, PT503 busy.';

revoke all on function public.rotate_webhook_secret(uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function public.rotate_webhook_secret(uuid, integer)
to service_role;
