-- Audit rows that are no leaves: those that wait for the log, and those that never went through it.
-- Of rows with an id up to %(after)s, which were examined before, only those that wait.
select
    w.audit_id is not null as waits, a.pot_id, a.seq, a.action, a.actor_id, a.reason,
    a.metadata, (extract(epoch from a.created_at) * 1000000)::bigint as created_at,
    a.payload, a.payload_hash, a.prev_hash, a.row_hash
from public.pots_audit as a
left join private.log_pending as w on a.id = w.audit_id
where (a.id > %(after)s or w.audit_id is not null)
    and not exists (select from private.log_leaves as l where l.audit_id = a.id)
order by a.id
