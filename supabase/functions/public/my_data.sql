-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.my_data.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.my_data(
    part text default 'account',
    after text default null,
    page_size integer default 1000
)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return private.my_data(part, after, page_size);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.my_data(text, text, integer) is
'All that is kept of the caller: {part, rows, next, withheld}. part: account, entries, ledger, '
'events or flags; after: `next` of the page before; page_size: 1 to 1000. Undecided flags are '
'withheld, and the answer says so to everybody. A banned user may ask too. Raises PT401, PT403 '
'not_allowed, PT422.';

revoke all on function public.my_data(text, text, integer)
from public, anon, authenticated, service_role;
grant execute on function public.my_data(text, text, integer)
to authenticated, service_role;
