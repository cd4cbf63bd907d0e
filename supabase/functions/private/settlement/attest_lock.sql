-- Guards, in order: arguments; the pot exists; attested with this signature (the first result);
-- locked and not
-- attested; the signature over T("pots/orchestrator/v1") || lock_digest by a registered
-- orchestrator key.
-- Locks, in order: the pots row; the signing key.
-- Writes: lock_attestations; chain row `attested`, or `attest_rejected` and an alert.
-- Raises: invalid_argument, pot_not_found, wrong_state; returns invalid_signature.
create or replace function private.attest_lock(p_pot_id uuid, p_orchestrator_signature text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_pot public.pots;
    v_attestation private.lock_attestations;
    v_key private.signing_keys;
begin
    perform private.require_given('pot_id', p_pot_id::text);
    perform private.require_hex('orchestrator_signature', p_orchestrator_signature, 64);
    v_pot := private.hold_pot(p_pot_id, false);
    select * into v_attestation from private.lock_attestations as a where a.pot_id = p_pot_id;
    if found and v_attestation.signature = p_orchestrator_signature then
        return jsonb_build_object(
            'pot_id', p_pot_id,
            'kid', v_attestation.kid,
            'attested_at', private.json_time(v_attestation.created_at)
        );
    end if;
    if found or v_pot.status <> 'locked' then
        perform private.fail('wrong_state', jsonb_build_object(
            'status', v_pot.status, 'attested', v_attestation.pot_id is not null
        ));
    end if;

    v_key := private.find_signer(
        'orchestrator',
        private.tag('pots/orchestrator/v1') || decode(v_pot.lock_digest, 'hex'),
        decode(p_orchestrator_signature, 'hex')
    );
    if v_key.kid is null then
        perform private.append_audit(p_pot_id, 'attest_rejected', null, jsonb_build_object(
            'code', 'invalid_signature', 'signature', p_orchestrator_signature
        ));
        perform private.raise_alert('attest_rejected', p_pot_id, '{"code": "invalid_signature"}');
        return private.refuse('invalid_signature', jsonb_build_object('purpose', 'orchestrator'));
    end if;
    insert into private.lock_attestations (pot_id, kid, signature, created_at)
    values (p_pot_id, v_key.kid, p_orchestrator_signature, private.now())
    returning * into v_attestation;
    perform private.append_audit(p_pot_id, 'attested', null, jsonb_build_object(
        'kid', v_key.kid, 'public_key', v_key.public_key, 'signature', p_orchestrator_signature
    ));
    perform private.close_alerts('attest_rejected', p_pot_id);
    perform private.wake_services('attested', p_pot_id);
    return jsonb_build_object(
        'pot_id', p_pot_id,
        'kid', v_key.kid,
        'attested_at', private.json_time(v_attestation.created_at)
    );
end $$;

comment on function private.attest_lock(uuid, text) is
'Definer half of public.attest_lock.';

revoke all on function private.attest_lock(uuid, text)
from public, anon, authenticated, service_role;
grant execute on function private.attest_lock(uuid, text)
to pot_orchestrator, service_role;
