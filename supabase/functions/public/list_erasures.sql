-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.list_erasures.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.list_erasures(
    waiting boolean default null,
    after uuid default null,
    page_size integer default 20
)
returns setof public.erasure_case
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return query select * from private.list_erasures(waiting, after, page_size);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.list_erasures(boolean, uuid, integer) is
'Players who asked to be forgotten or were, oldest first; waiting: only those who wait (true) or '
'were (false); after: the last user_id of the page before; page_size: 1 to 100. `obstacle` says '
'what stands in the way. Raises PT401, PT422.';

revoke all on function public.list_erasures(boolean, uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function public.list_erasures(boolean, uuid, integer)
to pot_compliance, service_role;
