-- A person says that an alert is being looked after; it closes by itself when its cause ends. That
-- of a spent seed is over when it is opened, and ends with who looks after it.
--
-- Guards, in order: arguments; login; the alert exists; acknowledged by the same person (the first
-- result); open; no interest in its pot.
-- Locks, in order: the caller's pseudonym when it is new; the alert.
-- Writes: the alert; event alert_acknowledged, with who but not why, and a message on topic alerts;
-- for a spent seed as private.close_alerts.
-- Raises: invalid_argument, login_required, wrong_state, not_allowed, busy (a transaction of one
-- snapshot).
create or replace function private.ack_alert(p_alert_id uuid, p_reason text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_actor uuid;
    v_alert private.alerts;
begin
    perform private.require_given('alert_id', p_alert_id::text);
    perform private.require_text('reason', p_reason, 500);
    perform private.require_person();
    perform private.require_read_committed();
    if not exists (select from private.alerts as a where a.alert_id = p_alert_id) then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'alert_id', 'expected', 'the alert_id of an alert'
        ));
    end if;
    v_actor := private.actor_pseudonym();
    select * into strict v_alert from private.alerts as a where a.alert_id = p_alert_id for update;
    if v_alert.acknowledged_at is null or v_alert.acknowledged_by <> v_actor then
        if v_alert.closed_at is not null or v_alert.acknowledged_at is not null then
            perform private.fail('wrong_state', jsonb_build_object(
                'status', case when v_alert.closed_at is null then 'acknowledged' else 'closed' end
            ));
        end if;
        perform private.require_no_interest(v_alert.pot_id);
        update private.alerts as a
        set acknowledged_at = private.now(), acknowledged_by = v_actor, ack_reason = p_reason
        where a.id = v_alert.id
        returning * into v_alert;
        perform private.announce_alert(v_alert, 'acknowledged');
        if v_alert.kind = 'seed_spent' then
            perform private.close_alerts('seed_spent', v_alert.pot_id);
        end if;
    end if;
    return jsonb_build_object(
        'alert_id', p_alert_id,
        'kind', v_alert.kind,
        'pot_id', v_alert.pot_id,
        'acknowledged_at', private.json_time(v_alert.acknowledged_at),
        'acknowledged_by', v_alert.acknowledged_by
    );
end $$;

comment on function private.ack_alert(uuid, text) is
'Definer half of public.ack_alert.';

revoke all on function private.ack_alert(uuid, text)
from public, anon, authenticated, service_role;
grant execute on function private.ack_alert(uuid, text)
to pot_compliance, service_role;
