-- Does one thing whose time has come and says what, or returns NULL: lock a full or timed-out pot,
-- refund one whose reveal is overdue, look over one that is locked for fraud, alert about one whose
-- settlement, beacon or review of a held payout is late. When nothing is due it tells the lobby
-- what joins, claims and reveals left untold: not before, because what a transaction sends is heard
-- when it ends, and a lock or a refund may take long. When there is nothing to tell either, it
-- forgets a piece of what has expired, if that is due, and otherwise lets pots rest, of which it
-- says nothing.
--
-- Open pots in which nothing happens rest: they are looked at by their deadline, which an index
-- has, and else once a minute. A pot fills by joins, and the first one wakes it by its pulse; the
-- look at all is for what that misses (of two joins at once one sends the pulse, and is rolled
-- back).
--
-- Locks: the row of one pot at most, skipping those that others hold; then as private.lock_pot or
-- private.cancel_pot. To look, not the row but an advisory lock, skipping pots that others look at;
-- then as private.scan_pot. Or, without waiting, pulses of the lobby, or as private.purge_expired.
-- A pot that cannot be finished is set aside for a minute with an alert, so it blocks no other.
create or replace function private.run_due()
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    c_look_at_all constant interval := interval '1 minute';
    v_settings private.settings;
    v_all boolean;
    v_at timestamptz := private.now();
    v_due record;
    v_pot public.pots;
    v_task text;
    v_result jsonb;
    v_error text;
begin
    perform private.require_read_committed();
    select * into strict v_settings from private.settings as s where s.only_row;
    select w.pots_looked_at not between v_at - c_look_at_all and v_at into strict v_all
    from private.watch_marks as w
    where w.only_row;

    for v_due in
        select p.id, d.task
        from public.pots as p
        inner join private.pot_states as s on p.id = s.pot_id
        cross join lateral private.due_task(p, s, v_settings, v_at) as d (task)
        -- A settled pot is looked at while its payout is held.
        where p.id in (
            select n.id
            from public.pots as n
            where n.status = 'open' and n.paused_at is null and n.locks_at <= v_at
            union all
            select l.pot_id
            from private.lobby_pulses as l
            inner join public.pots as n on l.pot_id = n.id
            where not l.rests and n.status = 'open'
            union all
            select n.id from public.pots as n where v_all and n.status = 'open'
            union all
            select n.id from public.pots as n where n.status in ('locked', 'settling')
            union all
            select h.pot_id from private.payout_holds as h where h.outcome is null
        ) and d.task is not null
        -- What moves money first, then what it waits for.
        order by array_position('{lock,refund,scan}'::text[], d.task), p.created_at
    loop
        if v_due.task = 'scan' then
            -- The row stays free: a signature, or a claim whose time has come, need not wait.
            continue when not pg_try_advisory_xact_lock(private.scan_key(v_due.id));
            select * into strict v_pot from public.pots as p where p.id = v_due.id;
        else
            select * into v_pot
            from public.pots as p
            where p.id = v_due.id
            for no key update skip locked;
            continue when not found;
        end if;
        -- The row is ours now, and the only one of this call whatever became of it meanwhile.
        select private.due_task(v_pot, s, v_settings, v_at) into v_task
        from private.pot_states as s
        where s.pot_id = v_pot.id;
        if (v_task = 'scan') is distinct from (v_due.task = 'scan') then
            v_task := null;
        end if;
        begin
            if v_task = 'lock' then
                v_result := private.lock_pot(v_pot.id);
            elsif v_task = 'refund' then
                v_result := private.cancel_pot(v_pot, 'reveal_overdue');
            elsif v_task = 'scan' then
                v_result := jsonb_build_object('flags', private.scan_pot(v_pot.id, 'lock'));
                perform private.wake_services('scanned', v_pot.id);
            elsif v_task is not null then
                perform private.raise_alert(v_task, v_pot.id, case v_task
                    when 'held_payout_overdue' then (
                        select jsonb_build_object('held_at', private.json_time(h.held_at))
                        from private.payout_holds as h
                        where h.pot_id = v_pot.id
                    )
                    else jsonb_build_object('locked_at', private.json_time(v_pot.locked_at))
                end);
                v_task := 'alert';
            end if;
            return jsonb_build_object(
                'pot_id', v_pot.id, 'task', coalesce(v_task, 'none'), 'result', v_result
            );
        exception
            -- An entry was cancelled while this waited for the gate: the pot is full no more.
            when sqlstate 'PT409' then
                return jsonb_build_object('pot_id', v_pot.id, 'task', 'none', 'result', null);
            -- Also a pot that takes longer than the statement may: it must not come first for ever.
            -- Conditions by name: what is deadlocked or not foreseen must fail as a whole.
            when integrity_constraint_violation or data_exception or no_data_found
                or too_many_rows or lock_not_available or query_canceled then
                get stacked diagnostics v_error = returned_sqlstate;
        end;
        update private.pot_states as s
        set retry_at = v_at + interval '1 minute'
        where s.pot_id = v_pot.id;
        perform private.raise_alert('pot_stuck', v_pot.id, jsonb_build_object(
            'task', v_task, 'sqlstate', v_error
        ));
        return jsonb_build_object('pot_id', v_pot.id, 'task', 'set_aside', 'result', null);
    end loop;

    -- Rows of lobby_pulses only, each skipped when somebody else is sending it.
    perform private.pulse_lobby(l.pot_id)
    from private.lobby_pulses as l
    where l.pot_id in (
            select k.pot_id
            from private.lobby_pulses as k
            inner join public.pots as p on k.pot_id = p.id
            where (v_all or not k.rests) and p.status = 'open'
            union all
            -- Few, and what a claim or a reveal left untold.
            select p.id from public.pots as p where p.status = 'settling'
        )
        and l.sent_at <= v_at - v_settings.lobby_interval
        and l.sent_version < private.pot_version(l.pot_id);
    -- What was told is heard when this call ends, and the gates of pots that it lets rest are closed
    -- until then: so it forgets by itself. While many play, something is told in every call.
    if not found and exists (select from private.retention as r where r.purge_at <= v_at) then
        v_result := private.purge_due();
    else
        perform private.rest_pots(v_at);
    end if;
    if v_all then
        -- Whoever holds the row is watching: then the next call looks at all again.
        perform from private.watch_marks as w where w.only_row for update skip locked;
        if found then
            update private.watch_marks as w set pots_looked_at = v_at where w.only_row;
        end if;
    end if;
    return v_result;
end $$;

comment on function private.run_due() is
'Definer half of public.run_due.';

revoke all on function private.run_due()
from public, anon, authenticated, service_role;
grant execute on function private.run_due()
to pot_orchestrator, service_role;
