-- The month by which what ended then is archived
create or replace function private.archive_month(p_at timestamptz)
returns date
language sql
immutable
set search_path = ''
as $$
    select date_trunc('month', p_at at time zone 'UTC')::date
$$;

comment on function private.archive_month(timestamptz) is
'The first day of the month (UTC) of a time: a pot is archived by the month that it ended in.';

revoke all on function private.archive_month(timestamptz)
from public, anon, authenticated, service_role;
