-- XX is what the edge says of an address whose country it does not know, so that is also what is
-- said of a request that does not say: whoever blocks XX blocks both. T1 is Tor.
create or replace function private.normal_region(p_text text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    v_text text := upper(btrim(left(p_text, 100), e' \t'));
begin
    return case when v_text ~ '^[A-Z][A-Z0-9]$' then v_text else 'XX' end;
end $$;

comment on function private.normal_region(text) is
'A region as two characters, upper case; XX when it is not known.';

revoke all on function private.normal_region(text)
from public, anon, authenticated, service_role;
