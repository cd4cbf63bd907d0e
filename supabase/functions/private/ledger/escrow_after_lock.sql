-- What the lock counted, which private.freeze_pot compared with every entry of the account, and
-- what has left since: a payout or hold, once, by a key. To sum a large pot's account once more
-- would take longer the larger the pot is; `pypot check` and private.watch_escrow do.
create or replace function private.escrow_after_lock(p_pot public.pots, p_escrow_account bigint)
returns bigint
language sql
stable
set search_path = ''
as $$
    select p_pot.total_tickets * p_pot.entry_cost + coalesce(sum(e.amount), 0)::bigint
    from private.transfers as t
    inner join private.ledger_entries as e
        on t.id = e.transfer_id and e.account_id = p_escrow_account
    where t.pot_id = p_pot.id and t.kind in ('payout', 'hold')
$$;

comment on function private.escrow_after_lock(public.pots, bigint) is
'Credits in the escrow of a pot that was locked and not refunded: those of its tickets, less what '
'was paid or put aside since.';

revoke all on function private.escrow_after_lock(public.pots, bigint)
from public, anon, authenticated, service_role;
