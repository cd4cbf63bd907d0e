-- Gives the caller a locked and attested pot to settle, with a lease; the holder of a lease
-- gets its pot again.
--
-- Guards, in order: the pot exists; locked and attested, or settling with the caller's own or
-- an expired lease; no
-- reveal yet and still time for one; detection has looked, or may not be waited for any more
-- (private.awaits_scan).
-- Locks: the pots row (skipping what others hold when the caller names none) and its state.
-- Writes: pots (settling), the lease; for a new holder chain row `claimed`, and as
-- private.scan_pot; alert scan_failed for a large pot that nobody looked at in time.
-- Raises: pot_not_found, wrong_state. Without pot_id and with nothing due: NULL.
create or replace function private.claim_settlement(p_pot_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_me text := private.caller_subject();
    v_at timestamptz := private.now();
    v_settings private.settings;
    v_pot public.pots;
    v_state private.pot_states;
    v_attestation private.lock_attestations;
    v_public_key text;
    v_pot_id uuid := p_pot_id;
    v_reveal_by timestamptz;
    v_lease_until timestamptz;
begin
    perform private.require_read_committed();
    select * into strict v_settings from private.settings as s where s.only_row;
    if p_pot_id is null then
        select p.id into v_pot_id
        from public.pots as p
        inner join private.pot_states as s on p.id = s.pot_id
        inner join private.lock_attestations as a on p.id = a.pot_id
        where p.status in ('locked', 'settling')
            and p.reveal_seed is null
            and private.reveal_by(p.locked_at, v_settings.reveal_timeout, s.beacon_at) > v_at
            and (p.status = 'locked' or s.claimed_by = v_me or s.lease_until <= v_at)
            and not private.awaits_scan(
                p, s, private.reveal_by(p.locked_at, v_settings.reveal_timeout, s.beacon_at), v_at
            )
        -- The oldest of each draw; a draw 2 pot has seconds where a draw 1 pot has minutes.
        order by
            s.claimed_by is not distinct from v_me desc,
            private.reveal_by(p.locked_at, v_settings.reveal_timeout, s.beacon_at),
            p.locked_at
        limit 1
        for update of p, s skip locked;
        if not found then
            return null;
        end if;
    end if;
    v_pot := private.hold_pot(v_pot_id, false);
    select * into strict v_state from private.pot_states as s where s.pot_id = v_pot_id for update;
    select * into v_attestation from private.lock_attestations as a where a.pot_id = v_pot_id;
    v_reveal_by := private.reveal_by(
        v_pot.locked_at, v_settings.reveal_timeout, v_state.beacon_at
    );
    if v_pot.status not in ('locked', 'settling')
        or v_attestation.pot_id is null
        or v_pot.reveal_seed is not null
        or v_reveal_by <= v_at
        or v_pot.status = 'settling' and v_state.claimed_by <> v_me and v_state.lease_until > v_at
        or private.awaits_scan(v_pot, v_state, v_reveal_by, v_at)
    then
        perform private.fail('wrong_state', jsonb_build_object(
            'status', v_pot.status,
            'attested', v_attestation.pot_id is not null,
            'scanned', v_state.scanned_at is not null,
            'leased_until', private.json_time(v_state.lease_until),
            'reveal_by', private.json_time(v_reveal_by)
        ));
    end if;

    -- No longer than half of what is left: a signer that dies with it leaves another one time.
    v_lease_until := least(v_at + v_settings.claim_lease, v_at + (v_reveal_by - v_at) / 2);
    update private.pot_states as s
    set claimed_by = v_me, lease_until = v_lease_until
    where s.pot_id = v_pot_id;
    if v_pot.status = 'locked' or v_state.claimed_by <> v_me then
        perform private.append_audit(v_pot_id, 'claimed', null, jsonb_build_object(
            'lease_until', private.json_time(v_lease_until)
        ));
        update public.pots as p
        set status = 'settling'
        where p.id = v_pot_id and p.status = 'locked';
        perform private.pulse_lobby(v_pot_id);
        -- The last moment at which what is suspected can hold a payout: no seed is known yet.
        if private.is_scanned_at_claim(v_pot_id) then
            perform private.scan_pot(v_pot_id, 'reveal');
        elsif v_state.scanned_at is null then
            perform private.raise_alert(
                'scan_failed', v_pot_id, '{"phase": "reveal", "sqlstate": null}'
            );
        end if;
    end if;
    select k.public_key into v_public_key
    from private.signing_keys as k
    where k.kid = v_attestation.kid;
    return jsonb_build_object(
        'pot_id', v_pot_id,
        'status', 'settling',
        'draw_version', v_pot.draw_version,
        'rules_text', v_pot.rules_text,
        'rules_hash', v_pot.rules_hash,
        'commit_tag', v_pot.commit_tag,
        'commit_hash', v_pot.commit_hash,
        'entries_root', v_pot.entries_root,
        'total_tickets', v_pot.total_tickets,
        'lock_digest', v_pot.lock_digest,
        'locked_at', private.json_time(v_pot.locked_at),
        'beacon_chain_hash', v_state.beacon_chain_hash,
        'beacon_round', v_state.beacon_round,
        'reveal_by', private.json_time(v_reveal_by),
        'lease_until', private.json_time(v_lease_until),
        'orchestrator', jsonb_build_object(
            'kid', v_attestation.kid,
            'public_key', v_public_key,
            'signature', v_attestation.signature
        )
    );
end $$;

comment on function private.claim_settlement(uuid) is
'Definer half of public.claim_settlement.';

revoke all on function private.claim_settlement(uuid)
from public, anon, authenticated, service_role;
grant execute on function private.claim_settlement(uuid)
to pot_settlement, service_role;
