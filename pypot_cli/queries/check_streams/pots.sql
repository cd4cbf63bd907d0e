-- Every pot with its commitment, its attestation, whose key was the orchestrator's, and its beacon.
select
    p.id, p.status::text, p.entry_cost, p.max_tickets, p.max_per_user, p.draw_version,
    p.commit_tag, p.commit_hash, p.reveal_seed, p.rules_text, p.rules_hash, p.total_tickets,
    p.entries_root, p.lock_digest, p.locked_at,
    s.min_participants, s.beacon_chain_hash, s.beacon_round, s.beacon_at,
    c.commit_hash as committed,
    a.kid, a.signature,
    k.purpose, k.public_key,
    h.chain_hash, h.public_key as chain_key, h.scheme, h.genesis_time, h.period_seconds,
    b.signature as beacon_signature, b.attestation as beacon_attestation,
    w.purpose as beacon_purpose, w.public_key as beacon_key,
    d.pot_id is not null as is_detached
from public.pots as p
left join private.pot_states as s on p.id = s.pot_id
left join private.commitments as c on p.id = c.pot_id
left join private.lock_attestations as a on p.id = a.pot_id
left join private.signing_keys as k on a.kid = k.kid
left join private.beacon_chains as h on s.beacon_chain_hash = h.chain_hash
left join private.beacons as b on p.id = b.pot_id
left join private.signing_keys as w on b.kid = w.kid
left join private.detached_pots as d on p.id = d.pot_id
order by p.id
