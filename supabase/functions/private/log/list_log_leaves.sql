-- Raises: invalid_argument.
create or replace function private.list_log_leaves(p_after bigint, p_page_size integer)
returns setof public.log_leaf
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    perform private.require_range('page_size', p_page_size, 1, 1000);
    return query
    select l.leaf_index, a.pot_id, a.seq, l.row_hash
    from private.log_leaves as l
    inner join public.pots_audit as a on l.audit_id = a.id
    where l.leaf_index > coalesce(p_after, -1)
    order by l.leaf_index
    limit p_page_size;
end $$;

comment on function private.list_log_leaves(bigint, integer) is
'Definer half of public.list_log_leaves.';

revoke all on function private.list_log_leaves(bigint, integer)
from public, anon, authenticated, service_role;
grant execute on function private.list_log_leaves(bigint, integer)
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
