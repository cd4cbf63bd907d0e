-- Opens an alert, or counts one more occurrence of the open one of the same kind and pot.
create or replace function private.raise_alert(p_kind text, p_pot_id uuid, p_detail jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_at timestamptz := private.now();
begin
    insert into private.alerts (kind, pot_id, detail, opened_at, last_at)
    values (p_kind, p_pot_id, p_detail, v_at, v_at)
    on conflict (kind, pot_id) where closed_at is null do update
    set detail = excluded.detail, last_at = excluded.last_at, occurrences = alerts.occurrences + 1;
end $$;

comment on function private.raise_alert(text, uuid, jsonb) is
'Opens an alert, or counts one more occurrence of the open one of the same kind and pot.';

revoke all on function private.raise_alert(text, uuid, jsonb)
from public, anon, authenticated, service_role;
