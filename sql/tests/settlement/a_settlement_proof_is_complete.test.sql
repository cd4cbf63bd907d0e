-- One object with everything that a verifier needs (contract, section 6), each field as it was
-- locked, signed and drawn.

begin;
\ir ../support/helpers.sql
select plan(2);

select freeze_time('2030-01-01 12:00:00Z');
select make_user('ann', 100);
select open_pot('big', '{"max_tickets": 5, "max_per_user": 5, "min_participants": 1}');
select join_pot('ann', 'big', 2);
select join_pot('ann', 'big', 3);
select bring_to('big', 'settled');

select is(
    rpc('anon', 'get_proof', on_pot('big')),
    jsonb_build_object(
        'version', 1, 'pot_id', p.id, 'draw_version', 1,
        'rules_text', p.rules_text, 'rules_hash', p.rules_hash,
        'commit_tag', p.commit_tag, 'commit_hash', commit_hash('big'), 'reveal_seed', seed('big'),
        'locked_at', '2030-01-01T12:00:00.000000Z', 'entries_root', p.entries_root,
        'total_tickets', 5, 'lock_digest', p.lock_digest,
        'hmac', encode(extensions.hmac(
            decode(commit_hash('big'), 'hex'), decode(seed('big'), 'hex'), 'sha256'
        ), 'hex'),
        'winner_index', s.winning_ticket, 'beacon', null, 'winning_ticket', s.winning_ticket,
        'winning_entry', jsonb_build_object(
            'entry_id', e.id, 'first_ticket', e.first_ticket, 'ticket_count', e.ticket_count,
            'entrant_tag', e.entrant_tag,
            'merkle_path', rpc('ann', 'my_receipt', jsonb_build_object('entry_id', e.id))
                -> 'merkle_path'
        ),
        'orchestrator', jsonb_build_object(
            'kid', private.key_id('orchestrator', decode(public_key('orchestrator'), 'hex')),
            'public_key', public_key('orchestrator'), 'signature', lock_signature('big')
        ),
        'settlement', jsonb_build_object(
            'kid', private.key_id('settlement', decode(public_key('settlement'), 'hex')),
            'public_key', public_key('settlement'), 'signature', reveal_signature('big')
        ),
        'payout', '{"credits": 50, "held": false, "escrow_after": 0}'::jsonb,
        'audit', jsonb_build_object('seq', 6, 'row_hash', (
            select a.row_hash from public.pots_audit as a where a.seq = 6
        )),
        'settled_at', '2030-01-01T12:00:00.000000Z'
    ),
    'all of it'
)
from pot('big') as p
inner join private.settlements as s on p.id = s.pot_id
inner join public.pot_entries as e
    on s.winning_ticket between e.first_ticket and e.first_ticket + e.ticket_count - 1;
select is(
    jsonb_array_length(rpc('anon', 'get_proof', on_pot('big')) #> '{winning_entry,merkle_path}'), 1,
    'with the path of one of two entries'
);

select * from finish();
rollback;
