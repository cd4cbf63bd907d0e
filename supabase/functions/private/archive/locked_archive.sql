-- A page of an archived pot's numbered entries, behind a ticket or from the first
create or replace function private.locked_archive(
    p_pot_id uuid, p_after_ticket bigint, p_page_size integer
)
returns table (first_ticket bigint, ticket_count integer, entrant_tag text)
language plpgsql
stable
set search_path = ''
as $$
declare
    v_pot public.pots;
begin
    select * into v_pot from public.pots as p where p.id = p_pot_id;
    if v_pot.locked_at is null then
        perform private.fail('wrong_state', jsonb_build_object('status', v_pot.status));
    elsif exists (
        select
        from private.archived_pots as a
        inner join private.archive_months as m on a.month = m.month
        where a.pot_id = p_pot_id and m.detached_at is not null
    ) then
        perform private.fail('wrong_state', jsonb_build_object(
            'status', v_pot.status, 'archive', private.archive_json(p_pot_id)
        ));
    end if;
    return query
    select e.first_ticket, e.ticket_count, e.entrant_tag
    from private.archived_pots as a
    inner join private.archived_entries as e on a.month = e.month and a.pot_id = e.pot_id
    where a.pot_id = p_pot_id and e.first_ticket > coalesce(p_after_ticket, -1)
    order by e.seq
    limit p_page_size;
end $$;

comment on function private.locked_archive(uuid, bigint, integer) is
'Numbered entries of an archived pot in ticket order behind p_after_ticket, p_page_size at most. '
'Fails with wrong_state, and says since when, where its month was detached.';

revoke all on function private.locked_archive(uuid, bigint, integer)
from public, anon, authenticated, service_role;
