-- Every pot with its commitment and its attestation, whose key was the orchestrator's.
select
    p.id, p.status::text, p.entry_cost, p.max_tickets, p.max_per_user, p.draw_version,
    p.commit_tag, p.commit_hash, p.reveal_seed, p.rules_text, p.rules_hash, p.total_tickets,
    p.entries_root, p.lock_digest, p.locked_at,
    s.min_participants,
    c.commit_hash as committed,
    a.kid, a.signature,
    k.purpose, k.public_key
from public.pots as p
left join private.pot_states as s on p.id = s.pot_id
left join private.commitments as c on p.id = c.pot_id
left join private.lock_attestations as a on p.id = a.pot_id
left join private.signing_keys as k on a.kid = k.kid
order by p.id
