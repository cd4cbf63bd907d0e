-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.get_inclusion_proof.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.get_inclusion_proof(pot_id uuid, seq bigint, tree_size bigint)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return private.get_inclusion_proof(pot_id, seq, tree_size);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.get_inclusion_proof(uuid, bigint, bigint) is
'The proof that an audit row is in the log at a size (RFC 9162, 2.1.3): {pot_id, seq, row_hash, '
'leaf_index, tree_size, root, path}, hashes in hex, path from leaf to root. Raises PT404 '
'pot_not_found, PT409 wrong_state (not in the log at that size), PT422 invalid_argument.';

revoke all on function public.get_inclusion_proof(uuid, bigint, bigint)
from public, anon, authenticated, service_role;
grant execute on function public.get_inclusion_proof(uuid, bigint, bigint)
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
