-- A player sets what to spend at most. What is stricter holds at once; what is looser, or no limit,
-- after 24 hours: nobody lifts a limit in the heat of the moment.
--
-- Guards, in order: arguments; login.
-- Locks, in order: those of private.hold_player; the caller's wallet, so that a join is before or
-- after.
-- Writes: play_limits, a wallet where there is none; an event, unless nothing changes.
-- Raises: invalid_argument, login_required, not_allowed, busy (a transaction of one snapshot);
-- returns account_blocked.
create or replace function private.set_play_limits(p_day bigint, p_week bigint, p_month bigint)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_user uuid := private.caller_sub();
    v_problem text;
    v_new record;
    v_old record;
    v_before jsonb;
    v_after jsonb;
    v_at timestamptz;
begin
    for v_new in
        select * from (values ('day', p_day), ('week', p_week), ('month', p_month))
        as n (period, credits)
    loop
        if v_new.credits is not null then
            perform private.require_range(v_new.period, v_new.credits, 0, 9007199254740991);
        end if;
    end loop;
    v_problem := private.player_problem();
    if v_problem = 'account_blocked' then
        return private.refuse_player(v_problem, 'play_limits_refused', null);
    elsif v_problem is not null then
        perform private.fail(v_problem);
    end if;
    perform private.hold_player();
    perform private.open_wallet(v_user);

    v_at := private.now();
    v_before := private.play_limits_json(v_user, v_at);
    for v_new in
        select n.period, n.credits, l.user_id is not null as is_known
        from (values ('day', p_day), ('week', p_week), ('month', p_month)) as n (period, credits)
        left join private.play_limits as l on l.user_id = v_user and l.period = n.period
    loop
        continue when v_new.credits is null and not v_new.is_known;
        select * into v_old
        from private.play_limits_of(v_user, v_at) as l
        where l.period = v_new.period;
        if v_new.credits is not distinct from v_old.credits
            or v_new.credits < v_old.credits
            or v_old.credits is null
        then
            v_old.credits := v_new.credits;
            v_old.next_credits := null;
            v_old.next_at := null;
        else
            -- Asked for less than was asked for before, or the same: that time still counts.
            if v_old.next_at is null
                or v_new.credits is null and v_old.next_credits is not null
                or v_new.credits > v_old.next_credits
            then
                v_old.next_at := v_at + interval '24 hours';
            end if;
            v_old.next_credits := v_new.credits;
        end if;
        insert into private.play_limits as l (
            user_id, period, credits, next_credits, next_at, updated_at
        )
        values (
            v_user, v_new.period, v_old.credits, v_old.next_credits, v_old.next_at, v_at
        )
        on conflict (user_id, period) do update
        set
            credits = excluded.credits,
            next_credits = excluded.next_credits,
            next_at = excluded.next_at,
            updated_at = excluded.updated_at;
    end loop;
    v_after := private.play_limits_json(v_user, v_at);
    if v_after <> v_before then
        perform private.log_event('player_limits_set', null, jsonb_build_object(
            'before', v_before -> 'limits', 'after', v_after -> 'limits'
        ));
    end if;
    return v_after;
end $$;

comment on function private.set_play_limits(bigint, bigint, bigint) is
'Definer half of public.set_play_limits.';

revoke all on function private.set_play_limits(bigint, bigint, bigint)
from public, anon, authenticated, service_role;
grant execute on function private.set_play_limits(bigint, bigint, bigint)
to authenticated, service_role;
