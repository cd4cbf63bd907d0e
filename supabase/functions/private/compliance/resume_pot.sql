-- Reopens entries and moves the deadline on by the time spent paused.
--
-- Guards, in order: arguments; login; the pot exists; resumed by the same caller and not paused
-- since (the first result); open and paused; no interest in it.
-- Locks, in order: the pots row; the gate, exclusive.
-- Writes: pots; chain row `resumed`; events resumed.
-- Raises: invalid_argument, login_required, pot_not_found, wrong_state, not_allowed.
create or replace function private.resume_pot(p_pot_id uuid, p_reason text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_pot public.pots;
    v_after public.pots;
    v_locks_at timestamptz;
    v_result jsonb;
begin
    perform private.require_given('pot_id', p_pot_id::text);
    perform private.require_reason(p_reason);
    perform private.require_person();
    v_pot := private.hold_pot(p_pot_id, true);
    v_result := private.prior_halt(p_pot_id, 'resumed');
    if v_result is not null then
        return v_result;
    end if;
    if v_pot.status <> 'open' or v_pot.paused_at is null then
        perform private.fail('wrong_state', jsonb_build_object(
            'status', v_pot.status, 'paused', v_pot.paused_at is not null
        ));
    end if;
    perform private.require_no_interest(p_pot_id);
    v_locks_at := v_pot.locks_at + (private.now() - v_pot.paused_at);
    v_result := jsonb_build_object(
        'pot_id', p_pot_id,
        'status', 'open',
        'paused', false,
        'paused_at', null,
        'locks_at', private.json_time(v_locks_at)
    );
    v_after := v_pot;
    v_after.paused_at := null;
    v_after.pause_reason := null;
    v_after.locks_at := v_locks_at;
    perform private.append_audit(
        p_pot_id, 'resumed', p_reason, private.with_change(v_result, v_pot, v_after)
    );
    update public.pots as p
    set paused_at = null, pause_reason = null, locks_at = v_locks_at
    where p.id = p_pot_id;
    perform private.announce_pot(p_pot_id, 'resumed', jsonb_build_object(
        'locks_at', private.json_time(v_locks_at)
    ));
    perform private.announce_lobby(p_pot_id, 'resumed');
    return v_result;
end $$;

comment on function private.resume_pot(uuid, text) is
'Definer half of public.resume_pot.';

revoke all on function private.resume_pot(uuid, text)
from public, anon, authenticated, service_role;
grant execute on function private.resume_pot(uuid, text)
to pot_compliance, service_role;
