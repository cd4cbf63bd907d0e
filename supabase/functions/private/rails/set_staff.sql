-- Guards, in order: arguments; who calls.
-- Locks: the row of that user; the caller's pseudonym, and the user's, when new.
-- Writes: staff; an event with actor, reason, before and after, unless nothing changes.
-- Raises: invalid_argument, login_required, busy (a transaction of one snapshot).
create or replace function private.set_staff(p_user_id uuid, p_staff boolean, p_reason text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
    perform private.require_given('user_id', p_user_id::text);
    perform private.require_given('staff', p_staff::text);
    perform private.require_text('reason', p_reason, 500);
    perform private.require_officer();
    perform private.require_read_committed();
    if p_staff then
        insert into private.staff (user_id, reason, added_by, added_at)
        values (p_user_id, p_reason, private.actor_pseudonym(), private.now())
        on conflict (user_id) do nothing;
    else
        -- Nobody lets oneself play again.
        if p_user_id = private.caller_sub() then
            perform private.fail('not_allowed', '{"reason": "oneself"}');
        end if;
        delete from private.staff as s where s.user_id = p_user_id;
    end if;
    if found then
        perform private.log_event('staff_set', null, jsonb_build_object(
            'user', private.pseudonym_of(p_user_id::text),
            'before', not p_staff, 'after', p_staff, 'reason', p_reason
        ));
    end if;
    return jsonb_build_object('user_id', p_user_id, 'staff', p_staff);
end $$;

comment on function private.set_staff(uuid, boolean, text) is
'Definer half of public.set_staff.';

revoke all on function private.set_staff(uuid, boolean, text)
from public, anon, authenticated, service_role;
grant execute on function private.set_staff(uuid, boolean, text)
to pot_compliance, service_role;
