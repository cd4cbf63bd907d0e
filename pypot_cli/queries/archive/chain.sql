-- The chain of a pot as it is exported.
select jsonb_build_object(
    'seq', a.seq,
    'action', a.action,
    'created_at', private.json_time(a.created_at),
    'payload', a.payload,
    'payload_hash', a.payload_hash,
    'prev_hash', a.prev_hash,
    'row_hash', a.row_hash
)::text as line
from public.pots_audit as a
where a.pot_id = %(pot_id)s
order by a.seq
