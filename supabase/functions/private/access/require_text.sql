-- Fails with invalid_argument, naming p_argument, unless p_value has 1 to p_max characters, not
-- all of them spaces.
create or replace function private.require_text(p_argument text, p_value text, p_max integer)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if coalesce(length(btrim(p_value)), 0) = 0 or length(p_value) > p_max then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', p_argument, 'expected', format('1 to %s characters', p_max)
        ));
    end if;
end $$;

comment on function private.require_text(text, text, integer) is
'Fails with invalid_argument, naming p_argument, unless p_value has 1 to p_max characters, not '
'all of them spaces.';

revoke all on function private.require_text(text, text, integer)
from public, anon, authenticated, service_role;
