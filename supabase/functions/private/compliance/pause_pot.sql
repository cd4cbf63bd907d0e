-- Halts entries; the fill timer stands still until resume_pot.
--
-- Guards, in order: arguments; login; the pot exists; paused by the same caller and not resumed
-- since (the first result); open, not paused; no interest in it.
-- Locks, in order: the pots row; the gate, exclusive.
-- Writes: pots; chain row `paused`; events paused.
-- Raises: invalid_argument, login_required, pot_not_found, wrong_state, not_allowed.
create or replace function private.pause_pot(p_pot_id uuid, p_reason text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_pot public.pots;
    v_after public.pots;
    v_at timestamptz;
    v_result jsonb;
begin
    perform private.require_given('pot_id', p_pot_id::text);
    perform private.require_reason(p_reason);
    perform private.require_person();
    v_pot := private.hold_pot(p_pot_id, true);
    v_result := private.prior_halt(p_pot_id, 'paused');
    if v_result is not null then
        return v_result;
    end if;
    if v_pot.status <> 'open' or v_pot.paused_at is not null then
        perform private.fail('wrong_state', jsonb_build_object(
            'status', v_pot.status, 'paused', v_pot.paused_at is not null
        ));
    end if;
    perform private.require_no_interest(p_pot_id);
    v_at := private.now();
    v_result := jsonb_build_object(
        'pot_id', p_pot_id,
        'status', 'open',
        'paused', true,
        'paused_at', private.json_time(v_at),
        'locks_at', private.json_time(v_pot.locks_at)
    );
    v_after := v_pot;
    v_after.paused_at := v_at;
    v_after.pause_reason := p_reason;
    perform private.append_audit(
        p_pot_id, 'paused', p_reason, private.with_change(v_result, v_pot, v_after)
    );
    update public.pots as p set paused_at = v_at, pause_reason = p_reason where p.id = p_pot_id;
    perform private.announce_pot(p_pot_id, 'paused', '{}');
    perform private.announce_lobby(p_pot_id, 'paused');
    return v_result;
end $$;

comment on function private.pause_pot(uuid, text) is
'Definer half of public.pause_pot.';

revoke all on function private.pause_pot(uuid, text)
from public, anon, authenticated, service_role;
grant execute on function private.pause_pot(uuid, text)
to pot_compliance, service_role;
