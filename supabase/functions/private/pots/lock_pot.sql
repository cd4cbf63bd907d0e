-- Full, or its time has passed: freezes the pot; with too few players cancels it and refunds
-- everyone.
--
-- Guards, in order: arguments; the pot exists; locked before (the first result); open; not
-- paused; full or due.
-- Locks, in order: the pots row; the gate, exclusive; to refund, wallets by user_id.
-- Writes: as private.freeze_pot or private.cancel_pot.
-- Raises: invalid_argument, pot_not_found, wrong_state, pot_paused, not_ready_to_lock.
create or replace function private.lock_pot(p_pot_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_pot public.pots;
    v_totals record;
    v_first jsonb;
begin
    v_pot := private.hold_pot(p_pot_id, true);
    if v_pot.status <> 'open' then
        -- Any orchestrator that comes late learns what happened; that changes nothing.
        select a.metadata into v_first
        from public.pots_audit as a
        where a.pot_id = p_pot_id
            and (a.action = 'locked' or a.metadata ->> 'cause' = 'lack_of_players')
        order by a.seq
        limit 1;
        if v_first is null then
            perform private.fail('wrong_state', jsonb_build_object('status', v_pot.status));
        end if;
        return v_first;
    end if;
    if v_pot.paused_at is not null then
        perform private.fail('pot_paused');
    end if;
    v_totals := private.pot_totals(p_pot_id);
    if v_totals.tickets_sold < v_pot.max_tickets and private.now() < v_pot.locks_at then
        perform private.fail('not_ready_to_lock', jsonb_build_object(
            'locks_at', private.json_time(v_pot.locks_at),
            'tickets_sold', v_totals.tickets_sold,
            'max_tickets', v_pot.max_tickets
        ));
    end if;
    if v_totals.participants < (
        select s.min_participants from private.pot_states as s where s.pot_id = p_pot_id
    ) then
        return private.cancel_pot(v_pot, 'lack_of_players');
    end if;
    return private.freeze_pot(v_pot);
end $$;

comment on function private.lock_pot(uuid) is
'Definer half of public.lock_pot.';

revoke all on function private.lock_pot(uuid)
from public, anon, authenticated, service_role;
grant execute on function private.lock_pot(uuid)
to pot_orchestrator, service_role;
