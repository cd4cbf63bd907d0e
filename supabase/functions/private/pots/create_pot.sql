-- Guards, in order: terms; the commitment is in the stock; with draw 2, a beacon chain is set. A
-- repeated call for the same pot_id is answered as the first one.
-- Locks: the commitment.
-- Writes: as private.open_pot.
-- Raises: invalid_argument, pot_not_found (pot_id not in the stock), commit_reused, wrong_state
-- (stock empty, no beacon chain), busy (a transaction of one snapshot).
create or replace function private.create_pot(
    p_entry_cost bigint, p_max_tickets integer, p_max_per_user integer,
    p_min_participants integer, p_fill_seconds integer, p_draw_version integer, p_pot_id uuid
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_pot_id uuid;
    v_first jsonb;
begin
    perform private.check_pot_terms(
        p_entry_cost, p_max_tickets, p_max_per_user, p_min_participants, p_fill_seconds,
        p_draw_version
    );
    perform private.require_read_committed();
    if p_pot_id is not null then
        -- Waits for a call that is opening the same pot, so that its result can be returned.
        perform from private.commitments as c where c.pot_id = p_pot_id for update;
        if not found then
            perform private.fail('pot_not_found', '{"reason": "no commitment of that pot_id"}');
        end if;
    end if;

    v_pot_id := private.open_pot(
        p_entry_cost, p_max_tickets, p_max_per_user, p_min_participants,
        p_fill_seconds, p_draw_version, p_pot_id, null
    );
    if v_pot_id is null and p_pot_id is null then
        perform private.fail('wrong_state', '{"reason": "no commitment in the stock"}');
    end if;
    if v_pot_id is null then
        select private.prior_result(p.id, 'created') into v_first
        from public.pots as p
        inner join private.pot_states as s on p.id = s.pot_id
        where p.id = p_pot_id
            and p.entry_cost = p_entry_cost
            and p.max_tickets = p_max_tickets
            and p.max_per_user = p_max_per_user
            and p.draw_version = p_draw_version
            and s.min_participants = p_min_participants
            and s.fill_seconds = p_fill_seconds;
        if v_first is null then
            perform private.fail('commit_reused');
        end if;
        return v_first;
    end if;
    return (
        select a.metadata from public.pots_audit as a where a.pot_id = v_pot_id and a.seq = 1
    );
end $$;

comment on function private.create_pot(
    bigint, integer, integer, integer, integer, integer, uuid
) is
'Definer half of public.create_pot.';

revoke all on function private.create_pot(
    bigint, integer, integer, integer, integer, integer, uuid
)
from public, anon, authenticated, service_role;
grant execute on function private.create_pot(
    bigint, integer, integer, integer, integer, integer, uuid
)
to pot_orchestrator, service_role;
