-- Fails with invalid_argument, naming p_argument and never its value, unless p_value is exactly
-- p_bytes bytes of lower-case hex.
create or replace function private.require_hex(p_argument text, p_value text, p_bytes integer)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_value is null or length(p_value) <> 2 * p_bytes or p_value !~ '^[0-9a-f]+$' then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', p_argument, 'expected', format('%s lower-case hex digits', 2 * p_bytes)
        ));
    end if;
end $$;

comment on function private.require_hex(text, text, integer) is
'Fails with invalid_argument, naming p_argument and never its value, unless p_value is exactly '
'p_bytes bytes of lower-case hex.';

revoke all on function private.require_hex(text, text, integer)
from public, anon, authenticated, service_role;
