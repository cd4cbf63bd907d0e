-- Every audit row is one leaf of the log or waits to be one, leaves count 0, 1, 2, … and have the
-- hashes of their rows.
-- rows: private.log_leaves
select
    'leaf ' || l.leaf_index as subject,
    case
        when l.leaf_index <> l.true_index then format('stands where leaf %s belongs', l.true_index)
        when a.id is null then 'its audit row is gone'
        when w.audit_id is not null then 'still waits for the log'
        else 'has not the hash of its row'
    end as problem
from (
    select leaf.*, row_number() over (order by leaf.leaf_index) - 1 as true_index
    from private.log_leaves as leaf
) as l
left join public.pots_audit as a on l.audit_id = a.id
left join private.log_pending as w on l.audit_id = w.audit_id
where l.leaf_index <> l.true_index
    or a.row_hash is distinct from l.row_hash
    or w.audit_id is not null
union all
select format('pot %s, seq %s', a.pot_id, a.seq), 'is no leaf of the log and does not wait for it'
from public.pots_audit as a
where not exists (select from private.log_leaves as l where l.audit_id = a.id)
    and not exists (select from private.log_pending as w where w.audit_id = a.id)
order by 1
