-- Raises: invalid_argument, pot_not_found.
create or replace function private.get_audit_chain(
    p_pot_id uuid, p_after_seq bigint, p_page_size integer
)
returns setof public.audit_chain_row
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    perform private.require_given('pot_id', p_pot_id::text);
    perform private.require_range('page_size', p_page_size, 1, 1000);
    if not exists (select from public.pots as p where p.id = p_pot_id) then
        perform private.fail('pot_not_found');
    end if;
    return query
    select
        a.seq, a.action, private.json_time(a.created_at),
        -- Reasons of moderation may hold personal data; their hash still links.
        case
            when a.action not in ('paused', 'resumed', 'voided', 'excluded', 'flag_reviewed')
                then a.payload
        end,
        a.payload_hash, a.prev_hash, a.row_hash
    from public.pots_audit as a
    where a.pot_id = p_pot_id and a.seq > coalesce(p_after_seq, 0)
    order by a.seq
    limit p_page_size;
end $$;

comment on function private.get_audit_chain(uuid, bigint, integer) is
'Definer half of public.get_audit_chain.';

revoke all on function private.get_audit_chain(uuid, bigint, integer)
from public, anon, authenticated, service_role;
grant execute on function private.get_audit_chain(uuid, bigint, integer)
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
