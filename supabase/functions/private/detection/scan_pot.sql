-- Looks over all entries of a pot that is locked or about to be, and flags what it suspects. It
-- reads
-- entries and history and writes flags: tickets, chain and draw are none of its business.
--
-- It must never come between a pot and its lock or reveal: a failure that can be foreseen leaves an
-- alert instead of flags. Once a seed is revealed it does nothing, so no flag is a last look.
--
-- Writes: flags; events flag_raised; alerts duplicate_addresses, duplicate_devices, scan_failed.
create or replace function private.scan_pot(p_pot_id uuid, p_phase text)
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_found record;
    v_raised integer := 0;
    v_error text;
begin
    if exists (
        select from public.pots as p where p.id = p_pot_id and p.reveal_seed is not null
    ) then
        return 0;
    end if;
    -- The seconds between lock and beacon are the signer's; the lock has looked at the same entries.
    if p_phase = 'reveal' and (private.pot_totals(p_pot_id)).participants > 5000 then
        return 0;
    end if;
    if p_phase = 'lock' and exists (
        select
        from private.alerts as a
        where a.kind = 'pot_stuck'
            and a.pot_id = p_pot_id
            and a.closed_at is null
            and a.detail ->> 'sqlstate' = '57014'
    ) then
        perform private.raise_alert('scan_failed', p_pot_id, jsonb_build_object(
            'phase', p_phase, 'sqlstate', '57014'
        ));
        return 0;
    end if;
    begin
        for v_found in
            select s.* from private.suspicions(p_pot_id) as s
            union all
            select l.* from private.lone_suspicions(p_pot_id) as l
            union all
            select a.* from private.earlier_suspicions(p_pot_id) as a
            order by user_id, kind
        loop
            if private.raise_flag(
                p_pot_id, v_found.entry_id, v_found.user_id, v_found.kind, v_found.score,
                v_found.evidence, p_phase
            ) then
                v_raised := v_raised + 1;
            end if;
        end loop;
        perform private.alert_duplicates(p_pot_id);
    exception
        -- Conditions by name, as in run_due: what is deadlocked or not foreseen fails as a whole.
        when integrity_constraint_violation or data_exception or no_data_found or too_many_rows
            or program_limit_exceeded or lock_not_available or query_canceled then
            get stacked diagnostics v_error = returned_sqlstate;
            -- A timeout strikes once: what goes on after it would have none. So the lock fails, and
            -- the next one does not look.
            if v_error = '57014' and p_phase = 'lock' then
                raise;
            end if;
            v_raised := 0;
            perform private.raise_alert('scan_failed', p_pot_id, jsonb_build_object(
                'phase', p_phase, 'sqlstate', v_error
            ));
    end;
    return v_raised;
end $$;

comment on function private.scan_pot(uuid, text) is
'Flags what detection suspects in a locked pot, before its reveal only. p_phase: lock or reveal. '
'Returns how many flags were written or raised.';

revoke all on function private.scan_pot(uuid, text)
from public, anon, authenticated, service_role;
