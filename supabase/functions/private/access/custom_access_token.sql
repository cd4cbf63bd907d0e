-- The custom access token hook of Supabase Auth: called before each access token is signed, at
-- sign-in and at every refresh, with {user_id, claims, authentication_method}; answers with the
-- claims to sign. It only ever changes `role`, and only of officers: for anybody else, and whatever
-- it is sent, the event comes back as it was, so that nobody's sign-in depends on it.
create or replace function private.custom_access_token(event jsonb)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_user text := event ->> 'user_id';
begin
    if v_user ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
        and private.is_officer(v_user::uuid) then
        return jsonb_set(event, '{claims,role}', '"pot_compliance"');
    end if;
    return event;
end $$;

comment on function private.custom_access_token(jsonb) is
'Custom access token hook (supabase/config.toml): the token of an officer names the role '
'pot_compliance.';

revoke all on function private.custom_access_token(jsonb)
from public, anon, authenticated, service_role;
grant execute on function private.custom_access_token(jsonb)
to supabase_auth_admin;
