-- Each wallet's balance is the sum of its entries, with what is carried forward of detached months,
-- and what the last of them says, and 0 to 2^53-1; its version is their number.
-- rows: private.wallets
select
    'wallet of ' || w.user_id as subject,
    format(
        'has balance %s at version %s; its %s entries sum to %s and end with %s',
        w.balance, w.version, h.entries, h.total, h.last_balance
    ) as problem
from private.wallets as w
cross join lateral (
    select
        coalesce(sum(e.version - e.from_version + 1), 0) as entries,
        coalesce(sum(e.amount), 0) as total,
        coalesce((array_agg(e.balance_after order by e.version desc))[1], 0) as last_balance
    from private.wallet_steps as e
    where e.account_id = w.account_id
) as h
where w.balance is distinct from h.total
    or w.balance is distinct from h.last_balance
    or w.version is distinct from h.entries
    or w.balance not between 0 and 9007199254740991
order by 1
