-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.export_pot.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.export_pot(
    pot_id uuid,
    reason text,
    identified boolean default false
)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.export_pot(pot_id, reason, identified);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.export_pot(uuid, text, boolean) is
'Begins an export of a pot''s full record for whoever may have it; read_export reads it for a day. '
'identified: with user ids and salts, else players are numbers. Kept on record with its reason. '
'Returns {export_id, pot_id, identified, tree_size, created_at, parts}. Raises PT401, PT404, '
'PT422.';

revoke all on function public.export_pot(uuid, text, boolean)
from public, anon, authenticated, service_role;
grant execute on function public.export_pot(uuid, text, boolean)
to pot_compliance, service_role;
