-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.list_flags.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.list_flags(
    pot_id uuid default null,
    status text default null,
    after uuid default null,
    page_size integer default 20
)
returns setof public.fraud_flag
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return query select * from private.list_flags(pot_id, status, after, page_size);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.list_flags(uuid, text, uuid, integer) is
'Fraud flags, newest first. pot_id: of this pot only; status: open, uphold_proposed, upheld or '
'cleared; after: the last flag_id of the page before; page_size: 1 to 100. Raises PT401, PT404 '
'pot_not_found, PT422 invalid_argument.';

revoke all on function public.list_flags(uuid, text, uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function public.list_flags(uuid, text, uuid, integer)
to pot_compliance, service_role;
