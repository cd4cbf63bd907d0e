-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.add_commitments.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.add_commitments(commitments jsonb)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.add_commitments(commitments);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.add_commitments(jsonb) is
'Stocks commitments for pots to come: 1 to 10000 of {pot_id, commit_hash}; the same pair again '
'changes nothing. Returns {added, stock}. Raises PT422 invalid_argument, PT409 commit_reused.';

revoke all on function public.add_commitments(jsonb)
from public, anon, authenticated, service_role;
grant execute on function public.add_commitments(jsonb)
to pot_settlement, service_role;
