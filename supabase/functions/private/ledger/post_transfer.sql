-- The writer of the ledger, but for joins, which hold the wallet and know both sides already.
-- Locks: the caller holds the wallets among the two accounts.
-- Writes: transfers, ledger_entries, then wallets (whose trigger wants to see the entries first).
-- Raises: check_violation where a wallet would go below zero; callers check first.
create or replace function private.post_transfer(
    p_kind text, p_pot_id uuid, p_entry_id uuid,
    p_from_account bigint, p_to_account bigint, p_amount bigint, p_at timestamptz,
    p_reason text default null, p_actor_id uuid default null
)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_transfer_id bigint;
begin
    insert into private.transfers (
        kind, pot_id, entry_id, amount, reason, actor_id, created_at
    )
    values (p_kind, p_pot_id, p_entry_id, p_amount, p_reason, p_actor_id, p_at)
    returning id into strict v_transfer_id;
    insert into private.ledger_entries (transfer_id, account_id, amount, balance_after, version)
    select
        v_transfer_id, side.account_id, side.amount, w.balance + side.amount, w.version + 1
    from (
        values (p_from_account, -p_amount), (p_to_account, p_amount)
    ) as side (account_id, amount)
    left join private.wallets as w on side.account_id = w.account_id;
    update private.wallets as w
    set
        balance = w.balance
            + case when w.account_id = p_from_account then -p_amount else p_amount end,
        version = w.version + 1
    where w.account_id in (p_from_account, p_to_account);
    return v_transfer_id;
end $$;

comment on function private.post_transfer(
    text, uuid, uuid, bigint, bigint, bigint, timestamptz, text, uuid
) is
'Moves p_amount credits between two accounts: one transfer, two entries that sum to zero, and the '
'new balance of each wallet among them. Returns the transfer''s id.';

revoke all on function private.post_transfer(
    text, uuid, uuid, bigint, bigint, bigint, timestamptz, text, uuid
)
from public, anon, authenticated, service_role;
