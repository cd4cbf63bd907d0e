-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.my_entries.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.my_entries(
    pot_id uuid default null,
    after uuid default null,
    page_size integer default 20
)
returns setof public.player_entry
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return query select * from private.my_entries(pot_id, after, page_size);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.my_entries(uuid, uuid, integer) is
'The caller''s entries, newest first. pot_id: of that pot only; after: the last entry_id of the '
'page before; page_size: 1 to 100. Raises PT401, PT403, PT404 entry_not_found (after), PT422.';

revoke all on function public.my_entries(uuid, uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function public.my_entries(uuid, uuid, integer)
to authenticated, service_role;
