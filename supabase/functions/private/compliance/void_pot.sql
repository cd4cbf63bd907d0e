-- Cancels a pot at compliance's discretion, before a valid reveal only: everyone is refunded.
--
-- Guards, in order: arguments; login; the pot exists; voided by the same caller (the first
-- result); no valid reveal; no interest in the pot.
-- Locks, in order: the pots row; the gate, exclusive; wallets by user_id.
-- Writes: chain row `voided` (the reason, withheld from the public), then as private.cancel_pot.
-- Raises: invalid_argument, login_required, pot_not_found, wrong_state, not_allowed.
create or replace function private.void_pot(p_pot_id uuid, p_reason text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_pot public.pots;
    v_after public.pots;
    v_first jsonb;
begin
    perform private.require_given('pot_id', p_pot_id::text);
    perform private.require_reason(p_reason);
    perform private.require_person();
    v_pot := private.hold_pot(p_pot_id, true);
    if v_pot.status = 'cancelled' and private.prior_result(p_pot_id, 'voided') is not null then
        v_first := private.prior_result(p_pot_id, 'cancelled');
    end if;
    if v_first is not null then
        return v_first;
    end if;
    if v_pot.status not in ('open', 'locked', 'settling') or v_pot.reveal_seed is not null then
        perform private.fail('wrong_state', jsonb_build_object(
            'status', v_pot.status,
            'reason', case v_pot.status when 'settling' then 'revealed' else 'ended' end
        ));
    end if;
    perform private.require_no_interest(p_pot_id);
    v_after := v_pot;
    v_after.status := 'cancelled';
    v_after.paused_at := null;
    v_after.pause_reason := null;
    perform private.append_audit(
        p_pot_id, 'voided', p_reason,
        private.with_change(jsonb_build_object('status', v_pot.status), v_pot, v_after)
    );
    return private.cancel_pot(v_pot, 'voided');
end $$;

comment on function private.void_pot(uuid, text) is
'Definer half of public.void_pot.';

revoke all on function private.void_pot(uuid, text)
from public, anon, authenticated, service_role;
grant execute on function private.void_pot(uuid, text)
to pot_compliance, service_role;
