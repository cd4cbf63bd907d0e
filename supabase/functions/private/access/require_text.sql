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
        -- White space and controls, also what a locale leaves out of them; the blank Braille
        -- pattern; and Unicode's Default_Ignorable_Code_Point: soft hyphen, Hangul fillers,
        -- zero width and direction marks, variation selectors, the byte order mark, tags.
        or p_value !~ (
            '[^[:space:][:cntrl:]'
            '\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u2800'
            '\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f'
            '\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8'
            '\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]'
        )
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
