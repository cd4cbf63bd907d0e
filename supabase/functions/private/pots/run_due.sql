-- Does one thing whose time has come and says what, or returns NULL: lock a full or timed-out
-- pot, refund one whose
-- reveal is overdue, alert about one that is late. First it tells the lobby what joins left
-- untold.
--
-- Locks: one pot's row, skipping those that others hold; then as private.lock_pot or
-- private.cancel_pot.
-- A pot that cannot be finished is set aside for a minute with an alert, so it blocks no other.
create or replace function private.run_due()
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_settings private.settings;
    v_at timestamptz := private.now();
    v_due record;
    v_pot public.pots;
    v_result jsonb;
    v_error text;
begin
    perform private.require_read_committed();
    select * into strict v_settings from private.settings as s where s.only_row;
    perform private.pulse_lobby(l.pot_id)
    from private.lobby_pulses as l
    inner join public.pots as p on l.pot_id = p.id
    where p.status = 'open'
        and l.sent_at <= v_at - v_settings.lobby_interval
        and l.sent_version < private.pot_version(l.pot_id);

    for v_due in
        select p.id, case when p.status = 'open' then 'lock' else 'refund' end as task
        from public.pots as p
        inner join private.pot_states as s on p.id = s.pot_id
        where (s.retry_at is null or s.retry_at <= v_at)
            and (
                p.status = 'open'
                and p.paused_at is null
                and (p.locks_at <= v_at or (private.pot_totals(p.id)).tickets_sold = p.max_tickets)
                or p.status in ('locked', 'settling')
                and p.reveal_seed is null
                and p.locked_at + v_settings.reveal_timeout <= v_at
            )
        order by p.created_at
    loop
        select * into v_pot from public.pots as p where p.id = v_due.id for update skip locked;
        continue when not found;
        begin
            -- The row is ours now; lock_pot and the check below see what became of it meanwhile.
            if v_due.task = 'lock' and v_pot.status = 'open' and v_pot.paused_at is null then
                v_result := private.lock_pot(v_pot.id);
            elsif v_due.task = 'refund' and v_pot.status in ('locked', 'settling')
                and v_pot.reveal_seed is null then
                v_result := private.cancel_pot(v_pot, 'reveal_overdue');
            else
                continue;
            end if;
            return jsonb_build_object('pot_id', v_pot.id, 'task', v_due.task, 'result', v_result);
        exception
            -- An entry was cancelled while this waited for the gate: the pot is full no more.
            when sqlstate 'PT409' then
                continue;
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
            'task', v_due.task, 'sqlstate', v_error
        ));
        return jsonb_build_object('pot_id', v_pot.id, 'task', 'set_aside', 'result', null);
    end loop;

    for v_due in
        select p.id, p.locked_at
        from public.pots as p
        where p.status in ('locked', 'settling')
            and p.locked_at + v_settings.settlement_alert_after <= v_at
            and not exists (
                select
                from private.alerts as a
                where a.kind = 'settlement_late' and a.pot_id = p.id and a.closed_at is null
            )
        order by p.locked_at
        limit 1
        -- A pot that is being settled just now is late no more, and would keep the alert for ever.
        for update of p skip locked
    loop
        perform private.raise_alert('settlement_late', v_due.id, jsonb_build_object(
            'locked_at', private.json_time(v_due.locked_at)
        ));
        return jsonb_build_object('pot_id', v_due.id, 'task', 'alert', 'result', null);
    end loop;
    return null;
end $$;

comment on function private.run_due() is
'Definer half of public.run_due.';

revoke all on function private.run_due()
from public, anon, authenticated, service_role;
grant execute on function private.run_due()
to pot_orchestrator, service_role;
