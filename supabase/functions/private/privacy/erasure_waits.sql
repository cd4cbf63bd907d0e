-- Keeps the one alert about players who wait to be forgotten in step with them
create or replace function private.erasure_waits()
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_waiting bigint;
begin
    select count(*) into v_waiting from private.erasures as e where e.erased_at is null;
    if v_waiting = 0 then
        perform private.close_alerts('erasure_requested', null);
    else
        perform private.raise_alert(
            'erasure_requested', null, jsonb_build_object('waiting', v_waiting)
        );
    end if;
end $$;

comment on function private.erasure_waits() is
'Raises the alert erasure_requested while players wait to be forgotten, and closes it when none '
'does.';

revoke all on function private.erasure_waits()
from public, anon, authenticated, service_role;
