-- The whole ledger sums to zero.
-- rows: private.ledger_entries
select
    'ledger' as subject,
    format('sums to %s credits', sum(e.amount)) as problem
from private.ledger_entries as e
having sum(e.amount) <> 0
