-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.resume_pot.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.resume_pot(pot_id uuid, reason text)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.resume_pot(pot_id, reason);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.resume_pot(uuid, text) is
'Reopens entries of a paused pot; locks_at moves on by the time paused. Returns {pot_id, status, '
'paused, paused_at, locks_at}. '
'Raises PT401, PT403 not_allowed (own pot), PT404, PT409 wrong_state, PT422.';

revoke all on function public.resume_pot(uuid, text)
from public, anon, authenticated, service_role;
grant execute on function public.resume_pot(uuid, text)
to pot_compliance, service_role;
