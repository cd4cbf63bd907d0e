-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.list_cases.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.list_cases(
    needs text default null,
    after uuid default null,
    page_size integer default 20
)
returns setof public.case_summary
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return query select * from private.list_cases(needs, after, page_size);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.list_cases(text, uuid, integer) is
'Pots that need somebody to look, newest first: open flags, open alerts, a payout held, entries '
'paused. needs: only for one of these reasons (flags, alerts, hold, paused); after: the last '
'pot_id of the page before; page_size: 1 to 100. Raises PT401, PT404 pot_not_found (after), '
'PT422.';

revoke all on function public.list_cases(text, uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function public.list_cases(text, uuid, integer)
to pot_compliance, service_role;
