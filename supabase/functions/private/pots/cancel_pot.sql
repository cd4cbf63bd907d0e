-- Locks, in order: the caller's pseudonym when it is new; wallets, by user_id.
-- Writes: a refund an entry; pots; chain row `cancelled`; events cancelled, balance.
create or replace function private.cancel_pot(p_pot public.pots, p_cause text)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_state private.pot_states;
    v_users uuid[];
    v_entry_ids uuid[];
    v_credits bigint[];
    v_refunded bigint;
    v_at timestamptz;
    v_result jsonb;
begin
    select * into strict v_state from private.pot_states as s where s.pot_id = p_pot.id;
    -- Before the wallets, as in the lock order: the first act of a caller writes a row.
    perform private.actor_pseudonym();
    -- All wallets first: what a refund waited for must not be dated after it.
    v_users := array(
        select distinct e.user_id
        from public.pot_entries as e
        where e.pot_id = p_pot.id and e.cancelled_at is null
    );
    perform
    from private.wallets as w
    where w.user_id = any (v_users)
    order by w.user_id
    for update;
    v_at := greatest(private.now(), p_pot.created_at, p_pot.locked_at);
    select
        coalesce(array_agg(e.id order by e.user_id, e.seq), '{}'),
        coalesce(array_agg(e.credits_spent order by e.user_id, e.seq), '{}'),
        coalesce(sum(e.credits_spent), 0)
    into v_entry_ids, v_credits, v_refunded
    from public.pot_entries as e
    where e.pot_id = p_pot.id and e.cancelled_at is null;
    perform private.pay_back(
        'refund', p_pot.id, v_state.escrow_account, v_entry_ids, v_credits, v_at
    );
    if private.account_balance(v_state.escrow_account) <> 0 then
        raise check_violation using message = 'escrow is not empty after every refund';
    end if;

    v_result := private.with_beacon(
        jsonb_build_object(
            'pot_id', p_pot.id,
            'status', 'cancelled',
            'cause', p_cause,
            'commit_hash', p_pot.commit_hash,
            'lock_digest', p_pot.lock_digest,
            'total_tickets', p_pot.total_tickets,
            'entries_root', p_pot.entries_root,
            'locked_at', private.json_time(p_pot.locked_at),
            'cancelled_at', private.json_time(v_at),
            'entries_refunded', cardinality(v_entry_ids),
            'credits_refunded', v_refunded
        ),
        private.beacon_of(v_state)
    );
    perform private.append_audit(p_pot.id, 'cancelled', null, v_result);
    update private.pot_states as s set cancel_reason = p_cause where s.pot_id = p_pot.id;
    update public.pots as p
    set status = 'cancelled', cancelled_at = v_at, paused_at = null, pause_reason = null
    where p.id = p_pot.id;
    perform private.close_alerts(null, p_pot.id);

    perform private.announce_pot(p_pot.id, 'cancelled', jsonb_build_object(
        'cause', p_cause,
        'entries_refunded', cardinality(v_entry_ids),
        'credits_refunded', v_refunded
    ));
    perform private.announce_lobby(p_pot.id, 'cancelled');
    perform private.wake_services('cancelled', p_pot.id);
    perform private.announce_wallets(v_users, p_pot.id);
    return v_result;
end $$;

comment on function private.cancel_pot(public.pots, text) is
'Cancels a pot before a valid reveal and refunds every live entry in full; p_cause is '
'lack_of_players, voided, reveal_overdue or seed_spent. The caller holds the pot, with its gate '
'closed while '
'it is open. Returns {pot_id, status, cause, …}.';

revoke all on function private.cancel_pot(public.pots, text)
from public, anon, authenticated, service_role;
