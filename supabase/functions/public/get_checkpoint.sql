-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.get_checkpoint.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.get_checkpoint(size bigint default null)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return private.get_checkpoint(size);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.get_checkpoint(bigint) is
'A published checkpoint of the audit log: {origin, size (leaves), root (base64), note, '
'cosignatures, published_at}; the latest, or that of a size; null when there is none. note is a '
'signed note (c2sp.org/signed-note).';

revoke all on function public.get_checkpoint(bigint)
from public, anon, authenticated, service_role;
grant execute on function public.get_checkpoint(bigint)
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
