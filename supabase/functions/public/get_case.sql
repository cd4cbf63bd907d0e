-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.get_case.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.get_case(
    pot_id uuid,
    after uuid default null,
    page_size integer default 1000
)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return private.get_case(pot_id, after, page_size);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.get_case(uuid, uuid, integer) is
'All that the compliance desk knows of a pot: {pot, entries, next, truncated} and, without '
'`after`, {clusters, flags, history}. after: the last entry_id of the page before; page_size: 1 '
'to 1000 entries. Addresses and devices are labels of this case, never hashes. Raises PT401, '
'PT404 pot_not_found, entry_not_found (after), PT422.';

revoke all on function public.get_case(uuid, uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function public.get_case(uuid, uuid, integer)
to pot_compliance, service_role;
