-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.read_export.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.read_export(
    export_id uuid,
    part text,
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
    return private.read_export(export_id, part, after, page_size);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.read_export(uuid, text, text, integer) is
'A page of one''s own export: {part, rows, next}. part: pot, entries, chain, ledger, flags, '
'events, proof or log; after: `next` of the page before; page_size: 1 to 10000. Raises PT401, '
'PT422.';

revoke all on function public.read_export(uuid, text, text, integer)
from public, anon, authenticated, service_role;
grant execute on function public.read_export(uuid, text, text, integer)
to pot_compliance, service_role;
