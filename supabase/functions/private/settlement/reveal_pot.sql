-- The signer's reveal: proves the seed against the commitment, draws the winner, pays the whole
-- pot, keeps the proof. With draw 2 it stores the seed, and submit_beacon does the rest.
--
-- Guards, in order: arguments; the pot exists; revealed with this seed (the first result);
-- settling and in time; the
-- seed hashes to commit_hash; the signature over T("pots/settlement/v1") || lock_digest || seed
-- by a registered
-- settlement key.
-- Locks, in order: the pots row; the signing key; the winner's wallet.
-- Writes: holding_flags; chain row `revealed`, then as private.settle_pot or, with draw 2, pots; or
-- chain row `reveal_rejected` and an alert (no seed in either); event revealed.
-- Raises: invalid_argument, pot_not_found, wrong_state; returns reveal_mismatch,
-- invalid_signature.
create or replace function private.reveal_pot(
    p_pot_id uuid, p_reveal_seed text, p_settlement_signature text
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
    v_seed bytea;
    v_key private.signing_keys;
    v_reveal_by timestamptz;
    v_reveal jsonb;
    v_row jsonb;
    v_rejected text;
begin
    perform private.require_given('pot_id', p_pot_id::text);
    perform private.require_hex('reveal_seed', p_reveal_seed, 32);
    perform private.require_hex('settlement_signature', p_settlement_signature, 64);
    v_pot := private.hold_pot(p_pot_id, false);
    if v_pot.reveal_seed = p_reveal_seed then
        return case v_pot.draw_version
            when 1 then private.settlement_result(p_pot_id)
            else private.reveal_result(p_pot_id)
        end;
    end if;
    select * into strict v_state from private.pot_states as s where s.pot_id = p_pot_id;
    v_reveal_by := private.reveal_by(
        v_pot.locked_at,
        (select s.reveal_timeout from private.settings as s where s.only_row),
        v_state.beacon_at
    );
    if v_pot.status <> 'settling'
        or v_pot.reveal_seed is not null
        or private.now() >= v_reveal_by
    then
        perform private.fail('wrong_state', jsonb_build_object('status', v_pot.status));
    end if;

    v_seed := decode(p_reveal_seed, 'hex');
    if sha256(v_seed) <> decode(v_pot.commit_hash, 'hex') then
        v_rejected := 'reveal_mismatch';
    else
        v_key := private.find_signer(
            'settlement',
            private.tag('pots/settlement/v1') || decode(v_pot.lock_digest, 'hex') || v_seed,
            decode(p_settlement_signature, 'hex')
        );
        if v_key.kid is null then
            v_rejected := 'invalid_signature';
        end if;
    end if;
    if v_rejected is not null then
        perform private.append_audit(
            p_pot_id, 'reveal_rejected', null, jsonb_build_object('code', v_rejected)
        );
        perform private.raise_alert(
            'reveal_rejected', p_pot_id, jsonb_build_object('code', v_rejected)
        );
        return private.refuse(v_rejected);
    end if;

    v_reveal := jsonb_build_object(
        'reveal_seed', p_reveal_seed,
        'kid', v_key.kid,
        'public_key', v_key.public_key,
        'signature', p_settlement_signature
    );
    -- Before the row that everybody can see: no flag that comes later holds anything.
    perform private.note_holding_flags(p_pot_id);
    v_row := private.append_audit(p_pot_id, 'revealed', null, v_reveal);
    -- To verify takes time, and the chain's row is what everybody judges the moment by.
    if v_reveal_by <= (
        select a.created_at
        from public.pots_audit as a
        where a.pot_id = p_pot_id and a.seq = (v_row -> 'seq')::bigint
    ) then
        perform private.fail('wrong_state', jsonb_build_object('status', v_pot.status));
    end if;
    -- Before the draw raises the version again: a client keeps the messages apart by it.
    perform private.announce_pot(p_pot_id, 'revealed', private.with_beacon(
        jsonb_build_object(
            'commit_hash', v_pot.commit_hash,
            'reveal_seed', p_reveal_seed,
            'lock_digest', v_pot.lock_digest
        ),
        private.beacon_of(v_state)
    ));
    v_pot.reveal_seed := p_reveal_seed;
    if v_pot.draw_version = 1 then
        perform private.settle_pot(v_pot, v_reveal, null);
        return private.settlement_result(p_pot_id);
    end if;
    update public.pots as p set reveal_seed = p_reveal_seed where p.id = p_pot_id;
    perform private.close_alerts('reveal_rejected', p_pot_id);
    perform private.pulse_lobby(p_pot_id);
    perform private.wake_services('revealed', p_pot_id);
    return private.reveal_result(p_pot_id);
end $$;

comment on function private.reveal_pot(uuid, text, text) is
'Definer half of public.reveal_pot.';

revoke all on function private.reveal_pot(uuid, text, text)
from public, anon, authenticated, service_role;
grant execute on function private.reveal_pot(uuid, text, text)
to pot_settlement, service_role;
