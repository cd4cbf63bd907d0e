-- Whatever a client sends, what is kept is short and printable.
create or replace function private.normal_correlation_id(p_text text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return nullif(left(btrim(regexp_replace(
        left(p_text, 1000), '[^\x20-\x7e]', '', 'g'
    )), 200), '');
end $$;

comment on function private.normal_correlation_id(text) is
'A correlation id as a client sent it: its visible ASCII, at most 200 characters; NULL when '
'nothing of it is left.';

revoke all on function private.normal_correlation_id(text)
from public, anon, authenticated, service_role;
