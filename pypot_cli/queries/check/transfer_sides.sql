-- Every transfer has exactly two entries, which sum to zero and move its amount.
-- rows: private.transfers
select
    'transfer ' || coalesce(t.id, e.transfer_id) as subject,
    case
        when t.id is null then 'does not exist, but has ledger entries'
        else format(
            'has %s entries that sum to %s and add at most %s, for an amount of %s',
            count(e.account_id), coalesce(sum(e.amount), 0), coalesce(max(e.amount), 0), t.amount
        )
    end as problem
from private.transfers as t
full join private.ledger_entries as e on t.id = e.transfer_id
group by t.id, e.transfer_id, t.amount
having t.id is null
    or count(e.account_id) <> 2
    or sum(e.amount) is distinct from 0
    or max(e.amount) is distinct from t.amount
order by 1
