-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.get_audit_chain.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.get_audit_chain(
    pot_id uuid,
    after_seq bigint default null,
    page_size integer default 1000
)
returns setof public.audit_chain_row
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return query select * from private.get_audit_chain(pot_id, after_seq, page_size);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.get_audit_chain(uuid, bigint, integer) is
'The pot''s hash chain in order (contract section 5); the payload of moderation actions is '
'withheld. after_seq: the last seq of the page before; page_size: 1 to 1000. Raises PT422 '
'invalid_argument, PT404 pot_not_found.';

revoke all on function public.get_audit_chain(uuid, bigint, integer)
from public, anon, authenticated, service_role;
grant execute on function public.get_audit_chain(uuid, bigint, integer)
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
