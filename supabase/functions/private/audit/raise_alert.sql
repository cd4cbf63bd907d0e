-- Opens an alert, or counts one more occurrence of the open one of the same kind and pot.
--
-- Locks, in order: the caller's pseudonym when it is new; the alert, which nobody waits for with
-- anything in hand that this caller could want.
-- Writes: the alert; when it is opened, event alert_opened and a message on topic alerts.
create or replace function private.raise_alert(p_kind text, p_pot_id uuid, p_detail jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_at timestamptz := private.now();
    v_alert private.alerts;
begin
    perform private.actor_pseudonym();
    insert into private.alerts (kind, pot_id, detail, opened_at, last_at)
    values (p_kind, p_pot_id, p_detail, v_at, v_at)
    on conflict (kind, pot_id) where closed_at is null do update
    set detail = excluded.detail, last_at = excluded.last_at, occurrences = alerts.occurrences + 1
    returning * into v_alert;
    if v_alert.occurrences = 1 then
        perform private.announce_alert(v_alert, 'opened');
    end if;
end $$;

comment on function private.raise_alert(text, uuid, jsonb) is
'Opens an alert, or counts one more occurrence of the open one of the same kind and pot. p_kind is '
'of private.alert_catalogue; p_detail, without personal data, is what webhooks are told.';

revoke all on function private.raise_alert(text, uuid, jsonb)
from public, anon, authenticated, service_role;
