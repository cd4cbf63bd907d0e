-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.rotate_pots.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.rotate_pots()
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.rotate_pots();
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.rotate_pots() is
'Opens what each template lacks, as far as the stock of commitments goes. Returns {opened: '
'[pot_id], short, stock}; safe to run twice at once.';

revoke all on function public.rotate_pots()
from public, anon, authenticated, service_role;
grant execute on function public.rotate_pots()
to pot_orchestrator, service_role;
