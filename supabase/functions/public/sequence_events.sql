-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.sequence_events.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.sequence_events()
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.sequence_events();
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.sequence_events() is
'Gives events that have committed their positions, so that read_events shows them; at most 5000 a '
'call. Returns {sequenced, position}: how many, and the last position there is. Raises PT503.';

revoke all on function public.sequence_events()
from public, anon, authenticated, service_role;
grant execute on function public.sequence_events()
to pot_events, service_role;
