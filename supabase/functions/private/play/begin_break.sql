-- A break only ever gets longer. Entries that were bought before stand: they are in a pot with
-- others, whose chances they are part of, and what they win is paid.
--
-- Locks, in order: those of private.hold_player; the caller's wallet, so that a join is before or
-- after.
-- Writes: play_breaks, a wallet where there is none; an event, unless a longer break holds already.
-- Raises: login_required, not_allowed, busy (a transaction of one snapshot); returns
-- account_blocked.
create or replace function private.begin_break(p_kind text, p_length interval)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_user uuid := private.caller_sub();
    v_problem text := private.player_problem();
    v_at timestamptz;
    v_until timestamptz;
begin
    if v_problem = 'account_blocked' then
        return private.refuse_player(v_problem, 'play_limits_refused', null);
    elsif v_problem is not null then
        perform private.fail(v_problem);
    end if;
    perform private.hold_player();
    perform private.open_wallet(v_user);

    v_at := private.now();
    select max(b.ends_at) into v_until
    from private.play_breaks as b
    where b.user_id = v_user and b.kind = p_kind and b.ends_at > v_at;
    if v_until is null or v_until < v_at + p_length then
        v_until := v_at + p_length;
        insert into private.play_breaks (user_id, kind, started_at, ends_at)
        values (v_user, p_kind, v_at, v_until);
        perform private.log_event(
            'player_break_begun', null,
            jsonb_build_object('kind', p_kind, 'until', private.json_time(v_until))
        );
    end if;
    return jsonb_build_object('kind', p_kind, 'until', private.json_time(v_until));
end $$;

comment on function private.begin_break(text, interval) is
'Begins a break of the caller, cool_off or self_excluded, or makes it longer; returns {kind, '
'until}.';

revoke all on function private.begin_break(text, interval)
from public, anon, authenticated, service_role;
