-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.publish_checkpoint.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.publish_checkpoint(note text)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.publish_checkpoint(note);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.publish_checkpoint(text) is
'Keeps a signed checkpoint of this log with its cosignatures (c2sp.org/signed-note); the same size '
'again adds signatures of more keys. Returns as get_checkpoint. The signatures are not verified '
'here: who reads a checkpoint trusts keys of own choice. Raises PT422 invalid_argument for '
'anything but a signed checkpoint whose origin and root are this log''s.';

revoke all on function public.publish_checkpoint(text)
from public, anon, authenticated, service_role;
grant execute on function public.publish_checkpoint(text)
to pot_orchestrator, service_role;
