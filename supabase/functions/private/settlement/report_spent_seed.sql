-- The signer's word that a pot can never be drawn fairly: its seed was shown for a lock that the
-- database has forgotten (a restore to an earlier moment, a failover that lost commits).
-- To say so is to show the seed, so it takes back no draw that could still be made in secret.
--
-- Guards, in order: arguments; the pot exists; cancelled by the same caller for this (the first
-- result); not ended and, here, not revealed; not locked as p_lock_digest, which is to be
-- revealed; the seed hashes to the commitment.
-- Locks, in order: the pots row; the gate, exclusive; wallets by user_id.
-- Writes: alert seed_spent, then as private.cancel_pot; or chain row `reveal_rejected` and an
-- alert (no seed in any of them).
-- Raises: invalid_argument, pot_not_found, wrong_state; returns reveal_mismatch.
create or replace function private.report_spent_seed(
    p_pot_id uuid, p_reveal_seed text, p_lock_digest text
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_pot public.pots;
    v_commit_hash text;
    v_cause text;
    v_first jsonb;
begin
    perform private.require_given('pot_id', p_pot_id::text);
    perform private.require_hex('reveal_seed', p_reveal_seed, 32);
    perform private.require_hex('lock_digest', p_lock_digest, 32);
    v_pot := private.hold_pot(p_pot_id, true);
    select s.cancel_reason into strict v_cause
    from private.pot_states as s
    where s.pot_id = p_pot_id;
    if v_cause = 'seed_spent' then
        v_first := private.prior_result(p_pot_id, 'cancelled');
    end if;
    if v_first is not null then
        return v_first;
    end if;
    if v_pot.status not in ('open', 'locked', 'settling')
        or v_pot.reveal_seed is not null
        or v_pot.lock_digest = p_lock_digest
    then
        perform private.fail('wrong_state', jsonb_build_object(
            'status', v_pot.status,
            'reason', case
                when v_pot.status not in ('open', 'locked', 'settling') then 'ended'
                when v_pot.reveal_seed is not null then 'revealed'
                else 'locked'
            end
        ));
    end if;

    select c.commit_hash into strict v_commit_hash
    from private.commitments as c
    where c.pot_id = p_pot_id;
    if sha256(decode(p_reveal_seed, 'hex')) <> decode(v_commit_hash, 'hex') then
        perform private.append_audit(
            p_pot_id, 'reveal_rejected', null, jsonb_build_object('code', 'reveal_mismatch')
        );
        perform private.raise_alert(
            'reveal_rejected', p_pot_id, jsonb_build_object('code', 'reveal_mismatch')
        );
        return private.refuse('reveal_mismatch');
    end if;
    v_first := private.cancel_pot(v_pot, 'seed_spent');
    -- After the cancellation, which closes the alerts of the pot: this one is for a person to end.
    perform private.raise_alert('seed_spent', p_pot_id, '{}');
    return v_first;
end $$;

comment on function private.report_spent_seed(uuid, text, text) is
'Definer half of public.report_spent_seed.';

revoke all on function private.report_spent_seed(uuid, text, text)
from public, anon, authenticated, service_role;
grant execute on function private.report_spent_seed(uuid, text, text)
to pot_settlement, service_role;
