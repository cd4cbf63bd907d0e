-- A player takes an entry back while the pot is open: full refund, tickets back into the
-- counter they came from.
--
-- Guards, in order: arguments; login; the entry is the caller's; already cancelled (the same
-- answer, also from the archive); the pot is open and before its deadline. A paused pot may be
-- left.
-- Locks, in order: the caller's pseudonym when it is new; the gate, shared; the caller's wallet;
-- the entry; its stripe.
-- Writes: event pot_entry_cancelled; as private.take_entry_back.
-- Raises: invalid_argument, login_required, not_allowed, entry_not_found, pot_not_open; returns
-- account_blocked.
create or replace function private.cancel_entry(p_entry_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_user uuid := private.caller_sub();
    v_problem text;
    v_entry public.pot_entries;
    v_pot public.pots;
    v_wallet private.wallets;
    v_at timestamptz;
    v_totals record;
begin
    perform private.require_given('entry_id', p_entry_id::text);
    perform private.require_read_committed();
    v_problem := private.player_problem();
    if v_problem = 'account_blocked' then
        return private.refuse_player(v_problem, 'cancel_entry_refused', null);
    elsif v_problem is not null then
        perform private.fail(v_problem);
    end if;
    select * into v_entry
    from public.pot_entries as e
    where e.id = p_entry_id and e.user_id = v_user;
    if not found then
        -- Nothing but what is in no table of the game looks into the archive.
        return private.cancelled_before(p_entry_id, v_user);
    end if;

    -- Before the wallet, as in the lock order: the first act of a caller writes a row.
    perform private.actor_pseudonym();
    perform pg_advisory_xact_lock_shared(private.gate_key(v_entry.pot_id));
    v_wallet := private.lock_wallet(v_user);
    select * into strict v_entry from public.pot_entries as e where e.id = p_entry_id for update;
    select * into strict v_pot from public.pots as p where p.id = v_entry.pot_id;

    if v_entry.cancelled_at is null then
        v_at := private.now();
        if v_pot.status <> 'open' or v_at >= v_pot.locks_at and v_pot.paused_at is null then
            perform private.fail('pot_not_open', jsonb_build_object('status', v_pot.status));
        end if;
        perform private.take_entry_back(v_entry, v_pot, v_wallet, v_at);
        v_totals := private.pot_totals(v_entry.pot_id);
        perform private.log_event('pot_entry_cancelled', v_entry.pot_id, jsonb_build_object(
            'entry_id', p_entry_id,
            'entrant', left(v_entry.entrant_tag, 16),
            'ticket_count', v_entry.ticket_count,
            'credits_refunded', v_entry.credits_spent,
            'entry_cost', v_pot.entry_cost,
            'tickets_sold', v_totals.tickets_sold,
            'participant_count', v_totals.participants
        ));
    end if;
    -- A repeated call reads the same answer from what the first one wrote.
    return (
        select jsonb_build_object(
            'entry_id', p_entry_id,
            'pot_id', v_entry.pot_id,
            'ticket_count', v_entry.ticket_count,
            'credits_refunded', t.amount,
            'balance', l.balance_after,
            'cancelled_at', private.json_time(t.created_at)
        )
        from private.transfers as t
        inner join private.ledger_entries as l
            on t.id = l.transfer_id and l.account_id = v_wallet.account_id
        where t.entry_id = p_entry_id and t.kind = 'refund'
    );
end $$;

comment on function private.cancel_entry(uuid) is
'Definer half of public.cancel_entry.';

revoke all on function private.cancel_entry(uuid)
from public, anon, authenticated, service_role;
grant execute on function private.cancel_entry(uuid)
to authenticated, service_role;
