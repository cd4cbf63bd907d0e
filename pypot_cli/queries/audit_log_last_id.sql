-- The last audit row of the leaves.
select coalesce(max(l.audit_id), 0) from private.log_leaves as l
