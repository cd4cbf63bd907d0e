-- Guards, in order: arguments; who calls; nobody takes oneself off; the user was not erased.
-- Locks, in order: the caller's pseudonym, and the user's, when new; the row of that user. An
-- officer's first act takes them in the same order (private.actor_pseudonym).
-- Writes: staff; an event with actor, reason, before and after, unless nothing changes.
-- Raises: invalid_argument, login_required, not_allowed, busy (a transaction of one snapshot).
create or replace function private.set_staff(p_user_id uuid, p_staff boolean, p_reason text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_actor uuid;
    v_user uuid;
begin
    perform private.require_given('user_id', p_user_id::text);
    perform private.require_given('staff', p_staff::text);
    perform private.require_reason(p_reason);
    perform private.require_officer();
    perform private.require_read_committed();
    -- Nobody lets oneself play again.
    if not p_staff and p_user_id = private.caller_sub() then
        perform private.fail('not_allowed', '{"reason": "oneself"}');
    end if;
    -- In order, as two may name each other.
    if p_user_id::text < private.caller_subject() then
        perform private.pseudonym_of(p_user_id::text);
    end if;
    v_actor := private.actor_pseudonym();
    v_user := private.pseudonym_of(p_user_id::text);
    if private.is_erased(p_user_id) then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'user_id', 'expected', 'somebody who was not erased'
        ));
    end if;
    if p_staff then
        insert into private.staff (user_id, reason, added_by, added_at)
        values (p_user_id, p_reason, v_actor, private.now())
        on conflict (user_id) do nothing;
    else
        delete from private.staff as s where s.user_id = p_user_id;
    end if;
    if found then
        perform private.log_event('staff_set', null, jsonb_build_object(
            'user', v_user,
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
