-- Each wallet that credits moved from or to in these pots has the balance and the version that its
-- last entry says, 0 to 2^53-1.
-- rows: private.wallets
select
    'wallet of ' || w.user_id as subject,
    format(
        'has balance %s at version %s; its last entry says %s and %s',
        w.balance, w.version, l.balance_after, l.version
    ) as problem
from private.wallets as w
left join lateral (
    select e.balance_after, e.version
    from private.wallet_steps as e
    where e.account_id = w.account_id
    order by e.version desc
    limit 1
) as l on true
where w.account_id in (select t.account_id from touched_entries as t)
    and (
        w.balance is distinct from l.balance_after
        or w.version is distinct from l.version
        or w.balance not between 0 and 9007199254740991
    )
order by 1
