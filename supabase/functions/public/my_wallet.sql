-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.my_wallet.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.my_wallet()
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return private.my_wallet();
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.my_wallet() is
'The caller''s wallet: {balance, version}, in credits. Raises PT401, PT403.';

revoke all on function public.my_wallet()
from public, anon, authenticated, service_role;
grant execute on function public.my_wallet()
to authenticated, service_role;
