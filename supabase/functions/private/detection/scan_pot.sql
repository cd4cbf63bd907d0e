-- Looks over all entries of a locked pot, and flags what it suspects. It reads entries and history
-- and writes flags: tickets, chain and draw are none of its business.
--
-- It must never come between a pot and its payout. It holds nothing while it looks, so nobody waits
-- for it; what it found it writes under the pot's row, and once the seed is revealed it writes
-- nothing, so no flag is a last look. A failure leaves an alert instead of flags, and the pot goes
-- on: also a timeout, after which there is little left to do.
--
-- Locks: the pots row, and as private.raise_flags.
-- Writes: pot_states.scanned_at; flags; events flag_raised; alerts duplicate_addresses,
-- duplicate_devices, scan_failed.
create or replace function private.scan_pot(p_pot_id uuid, p_phase text)
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_found private.suspicion[];
    v_duplicates record;
    v_raised integer := 0;
    v_error text;
begin
    if exists (
        select from public.pots as p where p.id = p_pot_id and p.reveal_seed is not null
    ) then
        return 0;
    end if;
    begin
        select array_agg(
            row(s.user_id, s.entry_id, s.kind, s.score, s.evidence)::private.suspicion
        )
        into v_found
        from (
            select distinct on (a.user_id, a.kind) a.*
            from (
                select * from private.suspicions(p_pot_id)
                union all
                select * from private.lone_suspicions(p_pot_id)
                union all
                select * from private.computed_joins(p_pot_id)
                union all
                select * from private.earlier_suspicions(p_pot_id)
            ) as a
            order by a.user_id, a.kind, a.score desc
        ) as s;
        v_duplicates := private.duplicates(p_pot_id);

        perform from public.pots as p where p.id = p_pot_id for no key update;
        if exists (
            select from public.pots as p where p.id = p_pot_id and p.reveal_seed is not null
        ) then
            return 0;
        end if;
        v_raised := private.raise_flags(p_pot_id, v_found, p_phase);
        if v_duplicates.addresses is not null then
            perform private.raise_alert('duplicate_addresses', p_pot_id, v_duplicates.addresses);
        end if;
        if v_duplicates.devices is not null then
            perform private.raise_alert('duplicate_devices', p_pot_id, v_duplicates.devices);
        end if;
    exception
        -- Every class of error by name but a deadlock's and a serialization's, which fail as a
        -- whole and are tried again: whatever detection stumbles over, the pot must be paid.
        when query_canceled or data_exception or integrity_constraint_violation
            or cardinality_violation or no_data_found or too_many_rows or raise_exception
            or assert_failure or syntax_error_or_access_rule_violation or feature_not_supported
            or program_limit_exceeded or insufficient_resources or lock_not_available
            or system_error or internal_error then
            get stacked diagnostics v_error = returned_sqlstate;
            v_raised := 0;
            perform from public.pots as p where p.id = p_pot_id for no key update;
            if exists (
                select from public.pots as p where p.id = p_pot_id and p.reveal_seed is not null
            ) then
                return 0;
            end if;
            perform private.raise_alert('scan_failed', p_pot_id, jsonb_build_object(
                'phase', p_phase, 'sqlstate', v_error
            ));
    end;
    update private.pot_states as s
    set scanned_at = private.now()
    where s.pot_id = p_pot_id and s.scanned_at is null;
    return v_raised;
end $$;

comment on function private.scan_pot(uuid, text) is
'Flags what detection suspects in a locked pot, before its reveal only. p_phase: lock (a step of '
'run_due) or reveal (the claim). Returns how many flags were written or raised.';

revoke all on function private.scan_pot(uuid, text)
from public, anon, authenticated, service_role;
