-- Fails with invalid_argument, naming p_argument, unless p_value has 1 to p_max characters, not
-- all of them blank or invisible: a reason that nobody can see is none.
create or replace function private.require_text(p_argument text, p_value text, p_max integer)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_value is null
        or length(p_value) > p_max
        -- Spaces, controls, soft hyphen, zero-width, direction marks and the byte order mark.
        or p_value !~ '[^[:space:][:cntrl:]\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]'
    then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', p_argument, 'expected', format('1 to %s characters', p_max)
        ));
    end if;
end $$;

comment on function private.require_text(text, text, integer) is
'Fails with invalid_argument, naming p_argument, unless p_value has 1 to p_max characters, not '
'all of them blank or invisible.';

revoke all on function private.require_text(text, text, integer)
from public, anon, authenticated, service_role;
