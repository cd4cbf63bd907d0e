-- Where the chain of a pot stood in the log's first %(start)s leaves.
select a.seq, l.row_hash
from public.pots_audit as a
inner join private.log_leaves as l on a.id = l.audit_id
where a.pot_id = %(pot_id)s and l.leaf_index < %(start)s
order by a.seq desc
limit 1
