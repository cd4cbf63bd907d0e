-- Names who signs in as compliance. An officer may not: who names a second account of the own
-- confirms what the first proposed.
--
-- Guards, in order: arguments; who is named has an account of the own.
-- Locks, in order: the user's pseudonym and the caller's, when new; the row of that user.
-- Writes: officers; staff (an officer does not play, and stays staff when revoked); an event with
-- actor, reason, before and after, unless nothing changes.
-- Raises: invalid_argument, busy (a transaction of one snapshot).
create or replace function private.set_officer(p_user_id uuid, p_officer boolean, p_reason text)
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
    perform private.require_given('officer', p_officer::text);
    perform private.require_reason(p_reason);
    perform private.require_read_committed();
    if private.is_erased(p_user_id) or p_officer and not exists (
        select
        from auth.users as u
        where u.id = p_user_id and not u.is_anonymous and u.deleted_at is null
    ) then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'user_id', 'expected', 'the id of a user who signed up'
        ));
    end if;
    v_user := private.pseudonym_of(p_user_id::text);
    v_actor := private.actor_pseudonym();
    if p_officer then
        insert into private.staff (user_id, reason, added_by, added_at)
        values (p_user_id, p_reason, v_actor, private.now())
        on conflict (user_id) do nothing;
        insert into private.officers as o (user_id, reason, added_by, added_at)
        values (p_user_id, p_reason, v_actor, private.now())
        on conflict (user_id) do update
        set
            reason = excluded.reason, added_by = excluded.added_by, added_at = excluded.added_at,
            revoked_by = null, revoked_at = null
        where o.revoked_at is not null;
    else
        update private.officers as o
        set reason = p_reason, revoked_by = v_actor, revoked_at = private.now()
        where o.user_id = p_user_id and o.revoked_at is null;
    end if;
    if found then
        perform private.log_event('officer_set', null, jsonb_build_object(
            'user', v_user,
            'before', not p_officer, 'after', p_officer, 'reason', p_reason
        ));
    end if;
    return jsonb_build_object('user_id', p_user_id, 'officer', p_officer);
end $$;

comment on function private.set_officer(uuid, boolean, text) is
'Definer half of public.set_officer.';

revoke all on function private.set_officer(uuid, boolean, text)
from public, anon, authenticated, service_role;
grant execute on function private.set_officer(uuid, boolean, text)
to service_role;
