-- Every row of every chain, a chain after the other.
select
    a.pot_id, a.seq, a.action, a.actor_id, a.reason, a.metadata, a.created_at,
    a.payload, a.payload_hash, a.prev_hash, a.row_hash
from public.pots_audit as a
order by a.pot_id, a.seq
