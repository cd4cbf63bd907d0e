-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.list_log_leaves.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.list_log_leaves(
    after bigint default null,
    page_size integer default 1000
)
returns setof public.log_leaf
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return query select * from private.list_log_leaves(after, page_size);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.list_log_leaves(bigint, integer) is
'The leaves of the audit log in order: which row of which chain each is, and its row_hash, whose '
'32 bytes are the leaf''s data. after: the last leaf_index of the page before; page_size: 1 to '
'1000. Raises PT422 invalid_argument.';

revoke all on function public.list_log_leaves(bigint, integer)
from public, anon, authenticated, service_role;
grant execute on function public.list_log_leaves(bigint, integer)
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
