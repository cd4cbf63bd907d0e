-- Where projects keep roles: `role`, `roles`, `user_role`, as a text or a list of texts. What a
-- user may write (user_metadata) is never looked at.
create or replace function private.names_officer(p_claims jsonb)
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return coalesce(
        jsonb_path_exists(
            jsonb_build_array(
                p_claims -> 'role', p_claims -> 'roles', p_claims -> 'user_role'
            ),
            'lax $[*][*] ? (@ starts with "pot_")'
        ),
        false
    );
end $$;

comment on function private.names_officer(jsonb) is
'Whether claims or app_metadata give one of the pot_* roles.';

revoke all on function private.names_officer(jsonb)
from public, anon, authenticated, service_role;
