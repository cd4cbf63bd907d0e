-- Closes the open alert of p_kind (any kind when NULL) of the pot, whose cause has ended.
create or replace function private.close_alerts(p_kind text, p_pot_id uuid)
returns void
language sql
volatile
set search_path = ''
as $$
    update private.alerts as a
    set closed_at = private.now()
    where a.closed_at is null
        and a.pot_id is not distinct from p_pot_id
        and (p_kind is null or a.kind = p_kind)
$$;

comment on function private.close_alerts(text, uuid) is
'Closes the open alert of p_kind (any kind when NULL) of the pot, whose cause has ended.';

revoke all on function private.close_alerts(text, uuid)
from public, anon, authenticated, service_role;
