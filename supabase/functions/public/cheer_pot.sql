-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.cheer_pot.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.cheer_pot(pot_id uuid, reaction text)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.cheer_pot(pot_id, reaction);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.cheer_pot(uuid, text) is
'Cheers a pot: a broadcast `cheer` on topic pots:{id} and nothing else; at most one a second a '
'player and pot. reaction is clap, fire, luck, wow or heart. Returns {pot_id, reaction}. Raises '
'PT401, PT403, PT404, PT422, PT429, PT503 (docs/error-codes.md).';

revoke all on function public.cheer_pot(uuid, text)
from public, anon, authenticated, service_role;
grant execute on function public.cheer_pot(uuid, text)
to authenticated, service_role;
