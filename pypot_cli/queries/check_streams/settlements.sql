-- Every settlement with what its proof must repeat.
select
    s.pot_id, s.entry_id, s.winning_ticket, s.prize, s.proof,
    p.draw_version, p.rules_text, p.rules_hash, p.commit_tag, p.commit_hash, p.reveal_seed,
    p.locked_at, p.entries_root, p.total_tickets, p.lock_digest, p.settled_at,
    e.first_ticket, e.ticket_count, e.entrant_tag,
    a.kid as orchestrator_kid, o.public_key as orchestrator_key,
    a.signature as orchestrator_signature,
    k.kid as settlement_kid, k.public_key as settlement_key,
    t.beacon_chain_hash, t.beacon_round, h.genesis_time, h.period_seconds, h.scheme,
    h.public_key as chain_key,
    b.signature as beacon_signature, b.kid as beacon_kid, b.attestation as beacon_attestation,
    w.public_key as beacon_key,
    c.seq as settled_seq, c.row_hash as settled_hash,
    d.pot_id is not null as is_detached
from private.settlements as s
inner join public.pots as p on s.pot_id = p.id
left join public.pot_entries as e on s.entry_id = e.id
left join private.lock_attestations as a on s.pot_id = a.pot_id
left join private.signing_keys as o on a.kid = o.kid and o.purpose = 'orchestrator'
left join private.signing_keys as k
    on s.proof #>> '{settlement,kid}' = k.kid and k.purpose = 'settlement'
left join private.pot_states as t on s.pot_id = t.pot_id
left join private.beacon_chains as h on t.beacon_chain_hash = h.chain_hash
left join private.beacons as b on s.pot_id = b.pot_id
left join private.signing_keys as w on b.kid = w.kid and w.purpose = 'beacon'
left join public.pots_audit as c on s.pot_id = c.pot_id and c.action = 'settled'
left join private.detached_pots as d on s.pot_id = d.pot_id
order by s.pot_id
