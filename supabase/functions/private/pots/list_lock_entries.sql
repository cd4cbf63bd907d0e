-- Raises: invalid_argument, pot_not_found, wrong_state (nothing is numbered before lock).
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
    v_pot public.pots;
    v_after bigint := 0;
begin
    perform private.require_given('pot_id', p_pot_id::text);
    perform private.require_range('page_size', p_page_size, 1, 1000);
    select * into v_pot from public.pots as p where p.id = p_pot_id;
    if not found then
        perform private.fail('pot_not_found');
    elsif v_pot.locked_at is null then
        perform private.fail('wrong_state', jsonb_build_object('status', v_pot.status));
    end if;
    -- The order of seq is that of the tickets.
    if p_after_ticket >= 0 then
        v_after := (private.entry_at(p_pot_id, p_after_ticket)).seq;
    end if;
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
