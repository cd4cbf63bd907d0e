-- Locks: the caller holds the pot's row, so a chain never forks.
-- Writes: pots_audit, pot_states (chain head and version), event pot_<action> in the outbox.
create or replace function private.append_audit(
    p_pot_id uuid, p_action text, p_reason text, p_metadata jsonb
)
returns jsonb
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_head private.pot_states;
    v_actor uuid := private.actor_pseudonym();
    v_at timestamptz := private.now();
    v_payload text;
    v_row_hash text;
    v_result jsonb;
begin
    select * into strict v_head from private.pot_states as s where s.pot_id = p_pot_id for update;

    -- The nonce keeps the public hash of a withheld payload from confirming a guess at it.
    v_payload := private.canonical_json(jsonb_build_object(
        'action', p_action,
        'actor', v_actor,
        'reason', p_reason,
        'metadata', p_metadata,
        'nonce', encode(extensions.gen_random_bytes(16), 'hex')
    ));
    v_row_hash := encode(
        private.audit_row_hash(
            'pots', p_pot_id, v_head.chain_seq + 1, decode(v_head.chain_hash, 'hex'), v_at,
            v_payload
        ),
        'hex'
    );
    insert into public.pots_audit (
        pot_id, seq, action, actor_id, reason, metadata, created_at,
        payload, payload_hash, prev_hash, row_hash
    )
    values (
        p_pot_id, v_head.chain_seq + 1, p_action, v_actor, p_reason, p_metadata, v_at,
        v_payload, encode(sha256(convert_to(v_payload, 'UTF8')), 'hex'),
        v_head.chain_hash, v_row_hash
    );
    update private.pot_states as s
    set chain_seq = v_head.chain_seq + 1, chain_hash = v_row_hash, version = v_head.version + 1
    where s.pot_id = p_pot_id;
    v_result := jsonb_build_object('seq', v_head.chain_seq + 1, 'row_hash', v_row_hash);
    perform private.log_event(
        'pot_' || p_action, p_pot_id,
        private.transition_data(p_pot_id, p_action, p_metadata) || v_result
    );
    return v_result;
end $$;

comment on function private.append_audit(uuid, text, text, jsonb) is
'Appends one row to the pot''s hash chain and raises the pot''s version; returns {seq, row_hash}. '
'p_metadata is what the action did, integers and text only. Its event goes into the outbox.';

revoke all on function private.append_audit(uuid, text, text, jsonb)
from public, anon, authenticated, service_role;
