-- Raises: invalid_argument, login_required, not_allowed, account_blocked, entry_not_found
-- (`after`).
create or replace function private.my_entries(p_pot_id uuid, p_after uuid, p_page_size integer)
returns setof public.player_entry
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_user uuid;
    v_after timestamptz;
begin
    perform private.require_range('page_size', p_page_size, 1, 100);
    v_user := private.require_player();
    if p_after is not null then
        select e.created_at into v_after
        from private.entries_ever as e
        where e.id = p_after and e.user_id = v_user;
        if not found then
            perform private.fail('entry_not_found', '{"argument": "after"}');
        end if;
    end if;
    return query
    select
        e.id, e.pot_id, p.status, e.ticket_count, e.credits_spent, left(e.entrant_tag, 16),
        e.first_ticket, private.json_time(e.created_at), private.json_time(e.cancelled_at)
    from private.entries_ever as e
    inner join public.pots as p on e.pot_id = p.id
    where e.user_id = v_user
        and (p_pot_id is null or e.pot_id = p_pot_id)
        and (p_after is null or (e.created_at, e.id) < (v_after, p_after))
    order by e.created_at desc, e.id desc
    limit p_page_size;
end $$;

comment on function private.my_entries(uuid, uuid, integer) is
'Definer half of public.my_entries.';

revoke all on function private.my_entries(uuid, uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function private.my_entries(uuid, uuid, integer)
to authenticated, service_role;
