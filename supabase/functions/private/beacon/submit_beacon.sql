-- The beacon's round, which finishes draw 2: winner, payout, proof. The database cannot verify a
-- BLS signature; whoever did attests it with an Ed25519 key of purpose beacon, and every proof
-- carries both for everybody to verify again.
--
-- Guards, in order: arguments; the pot exists; settled with this round's signature (the first
-- result); draw 2, revealed and not settled; the round's time has come; the signature over
-- T("pots/beacon/v1") || lock_digest || beacon_signature by a registered beacon key. The key may be
-- newer than the reveal: one that was revoked meanwhile strands no pot.
-- Locks, in order: the pots row; the signing key; the caller's pseudonym when it is new; the
-- winner's wallet.
-- Writes: beacons, then as private.settle_pot; or an event `beacon_rejected` and an alert.
-- Raises: invalid_argument, pot_not_found, wrong_state; returns invalid_signature.
create or replace function private.submit_beacon(
    p_pot_id uuid, p_beacon_signature text, p_attestation text
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_pot public.pots;
    v_state private.pot_states;
    v_beacon private.beacons;
    v_key private.signing_keys;
    v_at timestamptz;
begin
    perform private.require_given('pot_id', p_pot_id::text);
    perform private.require_hex('beacon_signature', p_beacon_signature, 48);
    if p_beacon_signature !~ '^[89ab]' then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'beacon_signature', 'expected', 'a compressed point of BLS12-381 G1'
        ));
    end if;
    perform private.require_hex('attestation', p_attestation, 64);
    v_pot := private.hold_pot(p_pot_id, false);
    select * into v_beacon from private.beacons as b where b.pot_id = p_pot_id;
    if v_pot.status = 'settled' and v_beacon.signature = p_beacon_signature then
        return private.settlement_result(p_pot_id);
    end if;
    -- A pot with draw 1 is never revealed and settling.
    if v_pot.status <> 'settling' or v_pot.reveal_seed is null then
        perform private.fail('wrong_state', jsonb_build_object(
            'status', v_pot.status,
            'draw_version', v_pot.draw_version,
            'revealed', v_pot.reveal_seed is not null
        ));
    end if;
    select * into strict v_state from private.pot_states as s where s.pot_id = p_pot_id;
    v_at := private.now();
    if v_at < v_state.beacon_at then
        perform private.fail('wrong_state', jsonb_build_object(
            'status', v_pot.status,
            'reason', 'the round has not been given yet',
            'beacon', private.beacon_of(v_state)
        ));
    end if;

    v_key := private.find_signer(
        'beacon',
        private.tag('pots/beacon/v1')
        || decode(v_pot.lock_digest, 'hex')
        || decode(p_beacon_signature, 'hex'),
        decode(p_attestation, 'hex')
    );
    if v_key.kid is null then
        -- Not a row of the chain: it changes nothing of a draw that is decided, and whoever holds
        -- the role from outside must not be able to lengthen every pot's chain.
        perform private.log_event('beacon_rejected', p_pot_id, jsonb_build_object(
            'code', 'invalid_signature',
            'beacon_signature', p_beacon_signature,
            'attestation', p_attestation
        ));
        perform private.raise_alert('beacon_rejected', p_pot_id, '{"code": "invalid_signature"}');
        return private.refuse('invalid_signature', jsonb_build_object('purpose', 'beacon'));
    end if;
    insert into private.beacons (pot_id, signature, kid, attestation, created_at)
    values (p_pot_id, p_beacon_signature, v_key.kid, p_attestation, v_at)
    returning * into v_beacon;
    perform private.settle_pot(
        v_pot,
        (
            select a.metadata
            from public.pots_audit as a
            where a.pot_id = p_pot_id and a.action = 'revealed'
        ),
        private.beacon_of(v_state) || jsonb_build_object(
            'signature', v_beacon.signature,
            'kid', v_key.kid,
            'public_key', v_key.public_key,
            'attestation', v_beacon.attestation
        )
    );
    return private.settlement_result(p_pot_id);
end $$;

comment on function private.submit_beacon(uuid, text, text) is
'Definer half of public.submit_beacon.';

revoke all on function private.submit_beacon(uuid, text, text)
from public, anon, authenticated, service_role;
grant execute on function private.submit_beacon(uuid, text, text)
to pot_settlement, pot_orchestrator, pot_beacon, service_role;
