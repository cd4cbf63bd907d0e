-- The balance of an account in credits, now or as of p_at
create or replace function private.account_balance(
    p_account_id bigint, p_at timestamptz default null
)
returns bigint
language sql
stable
set search_path = ''
as $$
    select case
        when a.kind = 'wallet' then coalesce((
            select e.balance_after
            from private.ledger_entries as e
            inner join private.transfers as t on e.transfer_id = t.id
            where e.account_id = a.id and (p_at is null or t.created_at <= p_at)
            order by e.version desc
            limit 1
        ), 0)
        else coalesce((
            select sum(e.amount)
            from private.ledger_entries as e
            -- Of a large pot's escrow now, every entry is read, and no transfer.
            where e.account_id = a.id and (p_at is null or exists (
                select
                from private.transfers as t
                where t.id = e.transfer_id and t.created_at <= p_at
            ))
        ), 0)::bigint
    end
    from private.accounts as a
    where a.id = p_account_id
$$;

comment on function private.account_balance(bigint, timestamptz) is
'The balance of an account in credits, now or as of p_at: a wallet''s from its last entry until '
'then, another''s as the sum of its entries.';

revoke all on function private.account_balance(bigint, timestamptz)
from public, anon, authenticated, service_role;
