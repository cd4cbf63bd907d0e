-- A time as every JSON of the API shows it
create or replace function private.json_time(p_time timestamptz)
returns text
language plpgsql
stable
strict
parallel safe
set search_path = ''
as $$
begin
    return to_char(p_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
end $$;

comment on function private.json_time(timestamptz) is
'A time as every JSON of the API shows it: RFC 3339, UTC, six fraction digits; independent of '
'TimeZone and DateStyle.';

revoke all on function private.json_time(timestamptz)
from public, anon, authenticated, service_role;
