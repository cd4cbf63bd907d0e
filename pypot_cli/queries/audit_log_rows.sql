-- The log's leaves from one on, in order, each with its audit row where that is still there.
select
    l.leaf_index, l.row_hash as leaf, a.pot_id, a.seq, a.action, a.actor_id, a.reason,
    a.metadata, (extract(epoch from a.created_at) * 1000000)::bigint as created_at,
    a.payload, a.payload_hash, a.prev_hash, a.row_hash
from private.log_leaves as l
left join public.pots_audit as a on l.audit_id = a.id
where l.leaf_index >= %(start)s
order by l.leaf_index
