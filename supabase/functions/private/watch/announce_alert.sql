-- Tells who listens that an alert was opened, acknowledged or closed: an event, which webhooks
-- carry, and a message on topic alerts.
-- Writes: an event alert_<p_what>; message <p_what>. Why one was acknowledged is in neither.
create or replace function private.announce_alert(p_alert private.alerts, p_what text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_told jsonb := jsonb_build_object(
        'alert_id', p_alert.alert_id,
        'kind', p_alert.kind,
        'severity', private.alert_severity(p_alert.kind),
        'detail', p_alert.detail,
        'opened_at', private.json_time(p_alert.opened_at)
    );
begin
    perform private.log_event('alert_' || p_what, p_alert.pot_id, v_told);
    perform realtime.send(
        v_told || jsonb_build_object(
            'pot_id', p_alert.pot_id,
            'version', array_position('{opened,acknowledged,closed}'::text[], p_what),
            'at', private.json_time(private.now())
        ),
        p_what, 'alerts', true
    );
end $$;

comment on function private.announce_alert(private.alerts, text) is
'Writes event alert_<p_what> and sends message p_what on topic alerts; p_what is opened, '
'acknowledged or closed.';

revoke all on function private.announce_alert(private.alerts, text)
from public, anon, authenticated, service_role;
