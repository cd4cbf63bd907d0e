-- page or ticket, as the catalogue has it.
create or replace function private.alert_severity(p_kind text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    -- A kind that the catalogue lacks is worth waking somebody.
    return coalesce(
        (select c.severity from private.alert_catalogue() as c where c.kind = p_kind), 'page'
    );
end $$;

comment on function private.alert_severity(text) is
'page or ticket, as the catalogue has it; page for a kind that it lacks.';

revoke all on function private.alert_severity(text)
from public, anon, authenticated, service_role;
