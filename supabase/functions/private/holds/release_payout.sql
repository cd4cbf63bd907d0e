-- Takes a prize out of its pot's hold account: to the winner, or back to the entrants.
--
-- Locks, in order: the caller holds the pot's row and has a pseudonym; the hold; wallets, by
-- user_id.
-- Writes: a transfer `release`, or `return` an entry; payout_holds; chain row `payout_released`;
-- closes held_payout_overdue; events payout_released, balance, and for a winner as
-- private.publish_drop.
create or replace function private.release_payout(p_pot_id uuid, p_outcome text)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_pot public.pots;
    v_hold private.payout_holds;
    v_users uuid[];
    v_wallet private.wallets;
    v_entry_ids uuid[];
    v_credits bigint[];
    v_at timestamptz;
    v_result jsonb;
begin
    select * into strict v_pot from public.pots as p where p.id = p_pot_id;
    select * into strict v_hold
    from private.payout_holds as h
    where h.pot_id = p_pot_id
    for update;
    v_users := case p_outcome
        when 'paid' then array[v_pot.winner_user_id]
        else (
            select array_agg(distinct s.user_id order by s.user_id)
            from private.return_shares(p_pot_id) as s
        )
    end;
    perform from private.wallets as w
    where w.user_id = any (v_users)
    order by w.user_id
    for update;
    -- Not dated before what it waited for, nor, by a clock set back, before the hold itself.
    v_at := greatest(private.now(), v_hold.held_at);
    if p_outcome = 'paid' then
        v_wallet := private.lock_wallet(v_pot.winner_user_id);
        perform private.post_transfer(
            'release', p_pot_id, null, v_hold.account_id, v_wallet.account_id, v_hold.credits, v_at
        );
    else
        select
            array_agg(s.entry_id order by s.user_id, s.first_ticket),
            array_agg(s.credits order by s.user_id, s.first_ticket)
        into v_entry_ids, v_credits
        from private.return_shares(p_pot_id) as s;
        perform private.pay_back(
            'return', p_pot_id, v_hold.account_id, v_entry_ids, v_credits, v_at
        );
    end if;
    update private.payout_holds as h
    set outcome = p_outcome, released_at = v_at
    where h.pot_id = p_pot_id;

    v_result := jsonb_build_object(
        'outcome', p_outcome,
        'credits', v_hold.credits,
        'entries', coalesce(cardinality(v_entry_ids), 1),
        'released_at', private.json_time(v_at)
    );
    perform private.append_audit(p_pot_id, 'payout_released', null, v_result);
    perform private.close_alerts('held_payout_overdue', p_pot_id);
    perform private.announce_pot(p_pot_id, 'payout_released', jsonb_build_object(
        'outcome', p_outcome, 'credits', v_hold.credits
    ));
    if p_outcome = 'paid' then
        perform private.publish_drop(p_pot_id);
    end if;
    perform private.announce_wallets(v_users, p_pot_id);
    return v_result;
end $$;

comment on function private.release_payout(uuid, text) is
'Ends the hold of the pot''s prize; p_outcome is paid (to the winner) or returned (pro rata to the '
'other entrants, private.return_shares). Returns {outcome, credits, entries, released_at}.';

revoke all on function private.release_payout(uuid, text)
from public, anon, authenticated, service_role;
