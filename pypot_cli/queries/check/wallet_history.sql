-- Each wallet entry, and each sum carried forward of a detached month, has the next versions and the
-- running balance after it, which is never negative.
-- rows: private.ledger_entries
select
    format('transfer %s, account %s', h.transfer_id, h.account_id) as subject,
    format(
        'says version %s and balance %s; it is version %s and balance %s',
        h.version, h.balance_after, h.true_version, h.true_balance
    ) as problem
from (
    select
        e.*,
        coalesce(
            lag(e.version) over by_version, 0
        ) + e.version - e.from_version + 1 as true_version,
        sum(e.amount) over by_version as true_balance
    from private.wallet_steps as e
    inner join private.accounts as a on e.account_id = a.id and a.kind = 'wallet'
    window by_version as (partition by e.account_id order by e.version, e.transfer_id)
) as h
where h.version is distinct from h.true_version
    or h.balance_after is distinct from h.true_balance
    or h.true_balance < 0
order by h.account_id, h.version
