-- What stands where a reason was that is forgotten
create or replace function private.forgotten_reason()
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
    select '(forgotten)'
$$;

comment on function private.forgotten_reason() is
'What stands where the reason of an acknowledged alert was, once it is forgotten.';

revoke all on function private.forgotten_reason()
from public, anon, authenticated, service_role;
