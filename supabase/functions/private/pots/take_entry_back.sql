-- An entry of an open pot leaves it, by its player's will or by compliance's.
-- Locks: the caller holds the pot open (by its gate or its row), the player's wallet and the entry;
-- then the entry's stripe.
-- Writes: entry, stripe, transfer `refund`; events entry_cancelled, balance, updated.
create or replace function private.take_entry_back(
    p_entry public.pot_entries, p_pot public.pots, p_wallet private.wallets, p_at timestamptz
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_last boolean;
    v_totals record;
begin
    update public.pot_entries as e set cancelled_at = p_at where e.id = p_entry.id;
    v_last := not exists (
        select
        from public.pot_entries as e
        where e.pot_id = p_pot.id and e.user_id = p_entry.user_id and e.cancelled_at is null
    );
    update private.pot_stripes as s
    set
        sold = s.sold - p_entry.ticket_count,
        participants = s.participants - case when v_last then 1 else 0 end,
        version = s.version + 1
    where s.pot_id = p_pot.id and s.stripe = p_entry.stripe;
    perform private.post_transfer(
        'refund', p_pot.id, p_entry.id,
        (select s.escrow_account from private.pot_states as s where s.pot_id = p_pot.id),
        p_wallet.account_id, p_entry.credits_spent, p_at
    );
    v_totals := private.pot_totals(p_pot.id);
    perform private.announce_pot(p_pot.id, 'entry_cancelled', jsonb_build_object(
        'entrant', left(p_entry.entrant_tag, 16),
        'ticket_count', p_entry.ticket_count,
        'tickets_sold', v_totals.tickets_sold,
        'credits_committed', v_totals.tickets_sold * p_pot.entry_cost,
        'participant_count', v_totals.participants
    ));
    perform private.announce_wallet(p_entry.user_id, p_pot.id);
    perform private.pulse_lobby(p_pot.id);
end $$;

comment on function private.take_entry_back(
    public.pot_entries, public.pots, private.wallets, timestamptz
) is
'Cancels a live entry of an open pot: full refund, tickets back into the counter they came from.';

revoke all on function private.take_entry_back(
    public.pot_entries, public.pots, private.wallets, timestamptz
)
from public, anon, authenticated, service_role;
