-- Where a page of a locked pot's entries begins: the seq of the entry with ticket p_after_ticket, 0
-- without one.
--
-- Raises: invalid_argument, pot_not_found, wrong_state (nothing is numbered before lock).
create or replace function private.lock_entries_after(p_pot_id uuid, p_after_ticket bigint)
returns bigint
language plpgsql
stable
set search_path = ''
as $$
declare
    v_pot public.pots;
begin
    perform private.require_given('pot_id', p_pot_id::text);
    select * into v_pot from public.pots as p where p.id = p_pot_id;
    if not found then
        perform private.fail('pot_not_found');
    elsif v_pot.locked_at is null then
        perform private.fail('wrong_state', jsonb_build_object('status', v_pot.status));
    end if;
    if p_after_ticket >= 0 then
        -- The order of seq is that of the tickets.
        return (private.entry_at(p_pot_id, p_after_ticket)).seq;
    end if;
    return 0;
end $$;

comment on function private.lock_entries_after(uuid, bigint) is
'The seq behind which a page of a locked pot''s entries begins; NULL for a ticket that nobody '
'has, behind which there is nothing.';

revoke all on function private.lock_entries_after(uuid, bigint)
from public, anon, authenticated, service_role;
