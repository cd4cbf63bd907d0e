-- Three hours are about one sitting: what happens twice in it is not twice independent.
create or replace function private.occasion(p_at timestamptz)
returns integer
language sql
immutable
set search_path = ''
as $$
    select floor(extract(epoch from p_at) / 10800)::integer
$$;

comment on function private.occasion(timestamptz) is
'The number of the three hours that a moment lies in, counted from 1970.';

revoke all on function private.occasion(timestamptz)
from public, anon, authenticated, service_role;
