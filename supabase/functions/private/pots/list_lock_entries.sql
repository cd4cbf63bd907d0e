-- Raises: as private.lock_entries_after.
create or replace function private.list_lock_entries(
    p_pot_id uuid, p_after_ticket bigint, p_page_size integer
)
returns setof public.lock_entry
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_after bigint;
begin
    perform private.require_range('page_size', p_page_size, 1, 1000);
    if private.is_archived(p_pot_id) then
        return query
        select e.first_ticket, e.ticket_count, e.entrant_tag
        from private.locked_archive(p_pot_id, p_after_ticket, p_page_size) as e;
        return;
    end if;
    v_after := private.lock_entries_after(p_pot_id, p_after_ticket);
    return query
    select e.first_ticket, e.ticket_count, e.entrant_tag
    from public.pot_entries as e
    where e.pot_id = p_pot_id
        and e.seq > v_after
        and e.first_ticket is not null
    order by e.seq
    limit p_page_size;
end $$;

comment on function private.list_lock_entries(uuid, bigint, integer) is
'Definer half of public.list_lock_entries.';

revoke all on function private.list_lock_entries(uuid, bigint, integer)
from public, anon, authenticated, service_role;
grant execute on function private.list_lock_entries(uuid, bigint, integer)
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
