-- Each wallet entry of these pots, and all that came after it in the same wallet, goes on from the
-- entry before: the next version, the running balance, never negative. What the entry before the
-- first of them says is the sum of those that a check has seen.
-- rows: private.ledger_entries
select
    format('transfer %s, account %s', h.transfer_id, h.account_id) as subject,
    format(
        'says version %s and balance %s; it is version %s and balance %s',
        h.version, h.balance_after, h.true_version, h.true_balance
    ) as problem
from (
    select
        e.transfer_id, e.account_id, e.version, e.balance_after,
        coalesce(b.version, 0) + e.version - e.from_version + 1 as true_version,
        coalesce(b.balance_after, 0) + e.amount as true_balance
    from (
        select t.account_id, min(t.version) as first_version
        from touched_entries as t
        inner join private.accounts as a on t.account_id = a.id and a.kind = 'wallet'
        group by t.account_id
    ) as w
    inner join private.wallet_steps as e
        on w.account_id = e.account_id and e.version >= w.first_version
    left join lateral (
        select k.version, k.balance_after
        from private.wallet_steps as k
        where k.account_id = e.account_id and k.version < e.version
        order by k.version desc
        limit 1
    ) as b on true
) as h
where h.version is distinct from h.true_version
    or h.balance_after is distinct from h.true_balance
    or h.true_balance < 0
order by h.account_id, h.version
