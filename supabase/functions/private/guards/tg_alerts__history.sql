-- What an alert was stays what it was: only an open one counts on, and it is acknowledged once and
-- closed once. The reason of who looks after it may be forgotten, and nothing else with it.
create or replace function private.tg_alerts__history()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_forgotten private.alerts := old;
begin
    v_forgotten.ack_reason := private.forgotten_reason();
    if old.ack_reason is not null and new is not distinct from v_forgotten then
        return new;
    end if;
    if old.closed_at is not null
        or (new.id, new.alert_id, new.kind, new.pot_id, new.opened_at)
        is distinct from (old.id, old.alert_id, old.kind, old.pot_id, old.opened_at)
        or new.occurrences < old.occurrences
        or old.acknowledged_at is not null
        and (new.acknowledged_at, new.acknowledged_by, new.ack_reason)
        is distinct from (old.acknowledged_at, old.acknowledged_by, old.ack_reason)
    then
        raise check_violation using message = 'an alert is history';
    end if;
    return new;
end $$;

comment on function private.tg_alerts__history() is
'Trigger: refuses to rewrite an alert: its identity, a lower count, a second acknowledgement, '
'anything once it is closed; but that its reason is forgotten.';

revoke all on function private.tg_alerts__history()
from public, anon, authenticated, service_role;
