-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.list_officers.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.list_officers(
    after uuid default null,
    page_size integer default 100
)
returns setof public.officer
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return query select * from private.list_officers(after, page_size);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.list_officers(uuid, integer) is
'Who signs in as compliance, and who did and was revoked, in order of user_id. after: the last '
'user_id of the page before; page_size: 1 to 1000. Raises PT401, PT403 not_allowed, PT422.';

revoke all on function public.list_officers(uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function public.list_officers(uuid, integer)
to pot_compliance, service_role;
