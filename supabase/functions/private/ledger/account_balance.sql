-- The balance of an account in credits, now or as of p_at
create or replace function private.account_balance(
    p_account_id bigint, p_at timestamptz default null
)
returns bigint
language plpgsql
stable
set search_path = ''
as $$
declare
    v_kind text;
begin
    select a.kind into v_kind from private.accounts as a where a.id = p_account_id;
    if v_kind is null then
        return null;
    elsif v_kind = 'wallet' then
        return coalesce((
            select e.balance_after
            from private.wallet_steps as e
            left join private.transfers_ever as t on e.transfer_id = t.id
            where e.account_id = p_account_id
                and (p_at is null or coalesce(t.created_at, e.until) <= p_at)
            order by e.version desc
            limit 1
        ), 0);
    elsif p_at is null then
        -- Of a large pot's escrow every entry is read, and no transfer. What was archived of one
        -- sums to zero.
        return (
            select coalesce(sum(e.amount), 0)
            from private.ledger_entries as e
            where e.account_id = p_account_id
        )::bigint;
    end if;
    return (
        select coalesce(sum(e.amount), 0)
        from private.ledger_ever as e
        inner join private.transfers_ever as t on e.transfer_id = t.id
        where e.account_id = p_account_id and t.created_at <= p_at
    )::bigint;
end $$;

comment on function private.account_balance(bigint, timestamptz) is
'The balance of an account in credits, now or as of p_at: a wallet''s from its last entry until '
'then, another''s as the sum of its entries.';

revoke all on function private.account_balance(bigint, timestamptz)
from public, anon, authenticated, service_role;
