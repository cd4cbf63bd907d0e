-- Fails with invalid_argument, naming p_argument, when p_value is NULL.
create or replace function private.require_given(p_argument text, p_value text)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_value is null then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', p_argument, 'expected', 'a value'
        ));
    end if;
end $$;

comment on function private.require_given(text, text) is
'Fails with invalid_argument, naming p_argument, when p_value is NULL.';

revoke all on function private.require_given(text, text)
from public, anon, authenticated, service_role;
