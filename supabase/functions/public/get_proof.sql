-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.get_proof.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.get_proof(pot_id uuid)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return private.get_proof(pot_id);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.get_proof(uuid) is
'The settlement proof (contract section 6) of a settled pot; of a cancelled one its cause and '
'refunds. Raises PT422 invalid_argument, PT404 pot_not_found, PT409 wrong_state.';

revoke all on function public.get_proof(uuid)
from public, anon, authenticated, service_role;
grant execute on function public.get_proof(uuid)
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
