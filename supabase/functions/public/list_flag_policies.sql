-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards:
-- private.list_flag_policies.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.list_flag_policies()
returns setof public.flag_policy
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return query select * from private.list_flag_policies();
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.list_flag_policies() is
'From which score on flags of each kind are noted, hold a payout or refuse a join, in order of '
'kind and effect; with what is proposed and waits for another person. Raises PT401.';

revoke all on function public.list_flag_policies()
from public, anon, authenticated, service_role;
grant execute on function public.list_flag_policies()
to pot_compliance, service_role;
