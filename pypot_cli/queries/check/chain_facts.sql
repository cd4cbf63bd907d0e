-- What the chain says of a lock, an attestation, a reveal, a settlement with its beacon and a
-- cancellation is what is stored.
-- rows: public.pots_audit
select
    format('pot %s, seq %s', a.pot_id, a.seq) as subject,
    format('%s: its metadata differ from what is stored', a.action) as problem
from public.pots_audit as a
left join public.pots as p on a.pot_id = p.id
left join private.lock_attestations as l on a.pot_id = l.pot_id
left join private.settlements as s on a.pot_id = s.pot_id
left join private.beacons as b on a.pot_id = b.pot_id
left join private.pot_states as t on a.pot_id = t.pot_id
where not coalesce(
    case a.action
        when 'locked' then a.metadata @> jsonb_build_object(
            'pot_id', p.id, 'commit_hash', p.commit_hash, 'lock_digest', p.lock_digest,
            'total_tickets', p.total_tickets, 'entries_root', p.entries_root
        ) and (
            p.draw_version = 1
            or a.metadata -> 'beacon' @> jsonb_build_object(
                'chain_hash', t.beacon_chain_hash, 'round', t.beacon_round
            )
        )
        when 'attested' then a.metadata @> jsonb_build_object(
            'kid', l.kid, 'signature', l.signature
        )
        when 'revealed' then a.metadata @> jsonb_build_object('reveal_seed', p.reveal_seed)
        when 'settled' then a.metadata @> jsonb_build_object(
            'entry_id', s.entry_id, 'winning_ticket', s.winning_ticket, 'prize', s.prize
        ) and (
            p.draw_version = 1
            or a.metadata -> 'beacon' @> jsonb_build_object(
                'signature', b.signature, 'kid', b.kid, 'attestation', b.attestation
            )
        )
        when 'cancelled' then a.metadata @> jsonb_build_object('cause', t.cancel_reason)
        else true
    end,
    false
)
order by 1
