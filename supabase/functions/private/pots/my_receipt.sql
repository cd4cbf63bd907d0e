-- Raises: invalid_argument, login_required, not_allowed, account_blocked, entry_not_found.
create or replace function private.my_receipt(p_entry_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_user uuid;
    v_entry public.pot_entries;
    v_receipt jsonb;
begin
    perform private.require_given('entry_id', p_entry_id::text);
    v_user := private.require_player();
    select * into v_entry
    from private.entries_ever as e
    where e.id = p_entry_id and e.user_id = v_user;
    if not found then
        perform private.fail('entry_not_found');
    end if;
    v_receipt := jsonb_build_object(
        'entry_id', v_entry.id,
        'pot_id', v_entry.pot_id,
        'seq', v_entry.seq,
        'ticket_count', v_entry.ticket_count,
        'salt', v_entry.salt,
        'entrant_tag', v_entry.entrant_tag
    );
    if v_entry.first_ticket is not null then
        v_receipt := v_receipt || jsonb_build_object(
            'first_ticket', v_entry.first_ticket,
            'merkle_path', private.merkle_path(v_entry.pot_id, v_entry.first_ticket)
        );
    end if;
    return v_receipt;
end $$;

comment on function private.my_receipt(uuid) is
'Definer half of public.my_receipt.';

revoke all on function private.my_receipt(uuid)
from public, anon, authenticated, service_role;
grant execute on function private.my_receipt(uuid)
to authenticated, service_role;
