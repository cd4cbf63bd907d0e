-- The one way out of an escrow after a draw; a unique key lets it happen once a pot. The draw does
-- not know of flags: whoever it chose wins, and a flag that was there before the reveal only has
-- the prize wait in the pot's hold account for private.review_flag.
--
-- Locks: the caller's pseudonym when it is new; the winner's wallet, unless the prize is held.
-- Writes: transfer, settlement with its proof, pots, live_drops; chain row `settled`; events
-- settled, drop, balance. Of a held prize: payout_holds, chain row `payout_held`, and no drop and
-- no balance; if such a flag was upheld before, it goes back at once, as private.release_payout.
create or replace function private.settle_pot(
    p_pot public.pots, p_reveal jsonb, p_beacon jsonb
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_hmac bytea := private.draw_hmac(
        decode(p_pot.reveal_seed, 'hex'), decode(p_pot.commit_hash, 'hex')
    );
    v_index bigint := private.draw_index(v_hmac, p_pot.total_tickets);
    v_ticket bigint := v_index;
    v_beacon jsonb;
    v_prize bigint := p_pot.total_tickets * p_pot.entry_cost;
    v_entry public.pot_entries;
    v_wallet private.wallets;
    v_held boolean;
    v_escrow bigint;
    v_transfer_id bigint;
    v_at timestamptz;
    v_audit jsonb;
begin
    if p_beacon is not null then
        v_beacon := (p_beacon - 'round_time') || jsonb_build_object(
            'rotation', private.draw_rotation(
                decode(p_beacon ->> 'signature', 'hex'),
                decode(p_pot.lock_digest, 'hex'),
                p_pot.total_tickets
            )
        );
        v_ticket := private.rotate_index(
            v_index, (v_beacon -> 'rotation')::bigint, p_pot.total_tickets
        );
    end if;
    v_entry := private.entry_at(p_pot.id, v_ticket);
    select s.escrow_account into strict v_escrow
    from private.pot_states as s
    where s.pot_id = p_pot.id;
    -- Before the wallet, as in the lock order: the first act of a caller writes a row.
    perform private.actor_pseudonym();
    v_held := exists (select from private.held_by(p_pot.id, v_entry.user_id));
    if not v_held then
        v_wallet := private.lock_wallet(v_entry.user_id);
    end if;
    -- A clock set back between lock and reveal must not make an honest proof look backdated.
    v_at := greatest(private.now(), p_pot.locked_at);
    if v_held then
        v_transfer_id := private.hold_payout(p_pot.id, v_escrow, v_prize, v_at);
    else
        v_transfer_id := private.post_transfer(
            'payout', p_pot.id, null, v_escrow, v_wallet.account_id, v_prize, v_at
        );
    end if;
    v_audit := private.append_audit(p_pot.id, 'settled', null, private.with_beacon(
        jsonb_build_object(
            'entry_id', v_entry.id,
            'entrant_tag', v_entry.entrant_tag,
            'winning_ticket', v_ticket,
            'prize', v_prize,
            'settled_at', private.json_time(v_at)
        ),
        v_beacon
    ));
    insert into private.settlements (
        pot_id, entry_id, transfer_id, winning_ticket, prize, proof, created_at
    )
    values (
        p_pot.id, v_entry.id, v_transfer_id, v_ticket, v_prize,
        jsonb_build_object(
            'version', 1,
            'pot_id', p_pot.id,
            'draw_version', p_pot.draw_version,
            'rules_text', p_pot.rules_text,
            'rules_hash', p_pot.rules_hash,
            'commit_tag', p_pot.commit_tag,
            'commit_hash', p_pot.commit_hash,
            'reveal_seed', p_pot.reveal_seed,
            'locked_at', private.json_time(p_pot.locked_at),
            'entries_root', p_pot.entries_root,
            'total_tickets', p_pot.total_tickets,
            'lock_digest', p_pot.lock_digest,
            'hmac', encode(v_hmac, 'hex'),
            'winner_index', v_index,
            'beacon', v_beacon,
            'winning_ticket', v_ticket,
            'winning_entry', jsonb_build_object(
                'entry_id', v_entry.id,
                'first_ticket', v_entry.first_ticket,
                'ticket_count', v_entry.ticket_count,
                'entrant_tag', v_entry.entrant_tag,
                'merkle_path', private.merkle_path(p_pot.id, v_ticket)
            ),
            'orchestrator', (
                select jsonb_build_object(
                    'kid', k.kid, 'public_key', k.public_key, 'signature', a.signature
                )
                from private.lock_attestations as a
                inner join private.signing_keys as k on a.kid = k.kid
                where a.pot_id = p_pot.id
            ),
            'settlement', jsonb_build_object(
                'kid', p_reveal -> 'kid',
                'public_key', p_reveal -> 'public_key',
                'signature', p_reveal -> 'signature'
            ),
            'payout', jsonb_build_object(
                'credits', v_prize,
                'held', v_held,
                'escrow_after', private.escrow_after_lock(p_pot, v_escrow)
            ),
            'audit', v_audit,
            'settled_at', private.json_time(v_at)
        ),
        v_at
    );
    update public.pots as p
    set
        status = 'settled', reveal_seed = p_pot.reveal_seed,
        winner_user_id = v_entry.user_id, settled_at = v_at
    where p.id = p_pot.id;
    perform private.close_alerts(null, p_pot.id);

    perform private.announce_pot(p_pot.id, 'settled', private.with_beacon(
        jsonb_build_object(
            'entrant', left(v_entry.entrant_tag, 16),
            'winning_ticket', v_ticket,
            'prize', v_prize,
            'commit_hash', p_pot.commit_hash,
            'reveal_seed', p_pot.reveal_seed,
            'lock_digest', p_pot.lock_digest,
            'hmac', encode(v_hmac, 'hex')
        ) || case when v_held then '{"held": true}' else '{}' end::jsonb,
        v_beacon
    ));
    perform private.announce_lobby(p_pot.id, 'settled');
    if not v_held then
        perform private.publish_drop(p_pot.id);
        perform private.announce_wallet(v_entry.user_id, p_pot.id);
        return;
    end if;

    insert into private.payout_holds (pot_id, account_id, transfer_id, credits, held_at)
    select p_pot.id, a.id, v_transfer_id, v_prize, v_at
    from private.accounts as a
    where a.pot_id = p_pot.id and a.kind = 'hold';
    perform private.append_audit(p_pot.id, 'payout_held', null, jsonb_build_object(
        'credits', v_prize, 'held_at', private.json_time(v_at)
    ));
    if exists (
        select
        from private.held_by(p_pot.id, v_entry.user_id) as f
        where f.status = 'upheld'
    ) then
        perform private.release_payout(p_pot.id, 'returned');
    end if;
end $$;

comment on function private.settle_pot(public.pots, jsonb, jsonb) is
'Draws the winner of a pot whose reveal is proven, pays the whole escrow to the winner or, when a '
'flag from before the reveal holds it, into the pot''s hold account, keeps the proof (contract '
'section 6) and sets the pot settled. p_reveal: {kid, public_key, signature} of the '
'settlement signature; p_beacon: {chain_hash, round, signature, kid, public_key, attestation} with '
'draw 2, NULL with draw 1. The caller holds the pot''s row.';

revoke all on function private.settle_pot(public.pots, jsonb, jsonb)
from public, anon, authenticated, service_role;
