-- Where the log has the row by which a pot was archived; NULL path behind that checkpoint.
select jsonb_build_object(
    'seq', a.seq,
    'leaf_index', l.leaf_index,
    'path', private.log_inclusion_path(l.leaf_index, %(size)s)
)::text as line
from public.pots_audit as a
inner join private.log_leaves as l on a.id = l.audit_id and l.leaf_index < %(size)s
where a.pot_id = %(pot_id)s and a.action = 'archived'
