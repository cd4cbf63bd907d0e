-- The page of private.list_lock_entries as one text: a row of the API costs ten times what its
-- bytes do, and two services read every entry of a pot between its lock and its beacon.
--
-- Raises: as private.list_lock_entries.
create or replace function private.pack_lock_entries(
    p_pot_id uuid, p_after_ticket bigint, p_page_size integer
)
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_after bigint;
begin
    perform private.require_range('page_size', p_page_size, 1, 10000);
    if private.is_archived(p_pot_id) then
        return coalesce((
            select encode(
                string_agg(
                    int8send(e.first_ticket) || int4send(e.ticket_count)
                    || decode(e.entrant_tag, 'hex'),
                    ''::bytea
                    order by e.first_ticket
                ),
                'hex'
            )
            from private.locked_archive(p_pot_id, p_after_ticket, p_page_size) as e
        ), '');
    end if;
    v_after := private.lock_entries_after(p_pot_id, p_after_ticket);
    return coalesce((
        select encode(
            string_agg(
                int8send(e.first_ticket) || int4send(e.ticket_count)
                || decode(e.entrant_tag, 'hex'),
                ''::bytea
                order by e.seq
            ),
            'hex'
        )
        from (
            select n.seq, n.first_ticket, n.ticket_count, n.entrant_tag
            from public.pot_entries as n
            where n.pot_id = p_pot_id
                and n.seq > v_after
                and n.first_ticket is not null
            order by n.seq
            limit p_page_size
        ) as e
    ), '');
end $$;

comment on function private.pack_lock_entries(uuid, bigint, integer) is
'Definer half of public.pack_lock_entries.';

revoke all on function private.pack_lock_entries(uuid, bigint, integer)
from public, anon, authenticated, service_role;
grant execute on function private.pack_lock_entries(uuid, bigint, integer)
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
