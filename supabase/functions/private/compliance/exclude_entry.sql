-- Takes an entry out of an open pot, also a paused one: fully refunded, its tickets for sale again.
-- Its player does not join this pot again (private.join_pot).
--
-- Guards, in order: arguments; login; the entry exists; excluded by the same caller (the first
-- result); the pot is open and the entry alive; no interest in the pot.
-- Locks, in order: the pots row; the caller's pseudonym; the player's wallet and the caller's own,
-- by user_id; the entry; its stripe. Joins and cancelled entries of other players go on.
-- Writes: exclusions, then as private.take_entry_back; chain row `excluded` (the reason, withheld
-- from the public).
-- Raises: invalid_argument, login_required, entry_not_found, wrong_state, not_allowed.
create or replace function private.exclude_entry(p_entry_id uuid, p_reason text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_entry public.pot_entries;
    v_pot public.pots;
    v_actor uuid;
    v_wallet private.wallets;
    v_at timestamptz;
    v_result jsonb;
begin
    perform private.require_given('entry_id', p_entry_id::text);
    perform private.require_reason(p_reason);
    perform private.require_person();
    select * into v_entry from public.pot_entries as e where e.id = p_entry_id;
    if not found then
        perform private.fail('entry_not_found');
    end if;
    v_pot := private.hold_pot(v_entry.pot_id, false);
    v_actor := private.actor_pseudonym();
    -- A join of the caller's own waits, or is over and seen.
    perform private.lock_wallet(w.user_id)
    from (
        select u.user_id
        from unnest(array[v_entry.user_id, private.caller_sub()]) as u (user_id)
        order by u.user_id
    ) as w;
    v_wallet := private.lock_wallet(v_entry.user_id);
    select * into strict v_entry from public.pot_entries as e where e.id = p_entry_id for update;
    select a.metadata - '{before,after}'::text[] into v_result
    from public.pots_audit as a
    where a.pot_id = v_pot.id
        and a.action = 'excluded'
        and a.actor_id = v_actor
        and a.metadata @> jsonb_build_object('entry_id', p_entry_id);
    if found then
        return v_result;
    end if;
    if v_pot.status <> 'open' or v_entry.cancelled_at is not null then
        perform private.fail('wrong_state', jsonb_build_object(
            'status', v_pot.status, 'cancelled', v_entry.cancelled_at is not null
        ));
    end if;
    perform private.require_no_interest(v_pot.id);

    v_at := private.now();
    v_result := jsonb_build_object(
        'entry_id', p_entry_id,
        'pot_id', v_pot.id,
        'ticket_count', v_entry.ticket_count,
        'credits_refunded', v_entry.credits_spent,
        'excluded_at', private.json_time(v_at)
    );
    perform private.append_audit(
        v_pot.id, 'excluded', p_reason, private.with_change(v_result, v_pot, v_pot)
    );
    insert into private.exclusions (entry_id, pot_id, created_at)
    values (p_entry_id, v_pot.id, v_at);
    perform private.take_entry_back(v_entry, v_pot, v_wallet, v_at);
    return v_result;
end $$;

comment on function private.exclude_entry(uuid, text) is
'Definer half of public.exclude_entry.';

revoke all on function private.exclude_entry(uuid, text)
from public, anon, authenticated, service_role;
grant execute on function private.exclude_entry(uuid, text)
to pot_compliance, service_role;
