-- A device id is what the client says it is. Printable ASCII only, so that no two of them look
-- alike.
create or replace function private.normal_device(p_text text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    v_text text := lower(btrim(regexp_replace(left(p_text, 1000), '[^\x20-\x7e]', '', 'g')));
begin
    return case when length(v_text) between 1 and 200 then v_text end;
end $$;

comment on function private.normal_device(text) is
'The one text of a device id: its printable ASCII, lower case, 1 to 200 characters; else NULL.';

revoke all on function private.normal_device(text)
from public, anon, authenticated, service_role;
