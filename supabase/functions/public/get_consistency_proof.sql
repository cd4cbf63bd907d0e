-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.get_consistency_proof.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.get_consistency_proof(old_size bigint, new_size bigint)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return private.get_consistency_proof(old_size, new_size);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.get_consistency_proof(bigint, bigint) is
'The proof that the log at new_size begins with the log at old_size (RFC 9162, 2.1.4): {old_size, '
'new_size, old_root, new_root, path}, hashes in hex. Raises PT422 invalid_argument.';

revoke all on function public.get_consistency_proof(bigint, bigint)
from public, anon, authenticated, service_role;
grant execute on function public.get_consistency_proof(bigint, bigint)
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
