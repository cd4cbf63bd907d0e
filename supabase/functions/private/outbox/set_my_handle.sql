-- A player chooses the name under which wins are shown, or takes it back.
-- Guards, in order: the form, which leaves nothing invisible and no other script; not like an
-- entrant tag or an officer's name; login; nobody else has it, or one that looks like it.
-- Locks, in order: those of private.hold_player; the handle.
-- Writes: player_handles, event player_handle_set.
-- Raises: invalid_argument, login_required, not_allowed; busy, where two choose one handle at once;
-- returns account_blocked.
create or replace function private.set_my_handle(p_handle text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_user uuid := private.caller_sub();
    v_problem text;
    v_skeleton text := private.handle_skeleton(p_handle);
begin
    if p_handle !~ '^[A-Za-z][A-Za-z0-9_]{2,19}$'
        or p_handle ~* '^[0-9a-f]{16}$'
        or exists (
            select
            from unnest(
                '{admin,anonymous,mod,moderator,official,pots,root,staff,support,system}'::text[]
            ) as o (name)
            where starts_with(v_skeleton, private.handle_skeleton(o.name))
        )
    then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'handle',
            'expected', '3 to 20 of A-Z, a-z, 0-9 and _, a letter first, not an officer''s name'
        ));
    end if;
    perform private.require_read_committed();
    v_problem := private.player_problem();
    if v_problem = 'account_blocked' then
        return private.refuse_player(v_problem, 'set_my_handle_refused', null);
    elsif v_problem is not null then
        perform private.fail(v_problem);
    end if;
    if exists (
        select
        from private.player_handles as h
        where h.skeleton = v_skeleton and h.user_id <> v_user
    ) then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'handle', 'expected', 'one that nobody else has, or one like it'
        ));
    end if;
    perform private.hold_player();
    if p_handle is null then
        delete from private.player_handles as h where h.user_id = v_user;
    else
        insert into private.player_handles as h (user_id, handle, skeleton, updated_at)
        values (v_user, p_handle, v_skeleton, private.now())
        on conflict (user_id) do update
        set
            handle = excluded.handle,
            skeleton = excluded.skeleton,
            updated_at = excluded.updated_at
        where h.handle <> excluded.handle;
    end if;
    -- The same choice again changes nothing, and two at once are one.
    if found then
        perform private.log_event('player_handle_set', null, jsonb_build_object(
            'is_set', p_handle is not null
        ));
    end if;
    return jsonb_build_object('handle', p_handle);
end $$;

comment on function private.set_my_handle(text) is
'Definer half of public.set_my_handle.';

revoke all on function private.set_my_handle(text)
from public, anon, authenticated, service_role;
grant execute on function private.set_my_handle(text)
to authenticated, service_role;
