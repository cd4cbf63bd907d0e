-- The RPC surface: runs as the caller, so nothing exposed is SECURITY DEFINER. Guards, locks
-- and writes: private.ack_alert.
-- Raises besides: busy, for a timeout, and instead of any error from inside whose text could
-- tell a secret.
create or replace function public.ack_alert(alert_id uuid, reason text)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    return private.ack_alert(alert_id, reason);
exception
    when lock_not_available or query_canceled or deadlock_detected or serialization_failure
        or integrity_constraint_violation or no_data_found or too_many_rows then
        perform private.busy();
end $$;

comment on function public.ack_alert(uuid, text) is
'Says that the caller looks after an open alert; reason: up to 500 characters. It closes by itself '
'when its cause ends. Returns {alert_id, kind, pot_id, acknowledged_at, acknowledged_by}. Raises '
'PT401, PT403 not_allowed (own pot), PT409 wrong_state, PT422.';

revoke all on function public.ack_alert(uuid, text)
from public, anon, authenticated, service_role;
grant execute on function public.ack_alert(uuid, text)
to pot_compliance, service_role;
