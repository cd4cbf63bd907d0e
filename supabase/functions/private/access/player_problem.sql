-- The token may be older than the ban: auth.users decides, not the claims.
create or replace function private.player_problem()
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
    v_user record;
    v_sub uuid := private.caller_sub();
begin
    if v_sub is null then
        return 'login_required';
    end if;
    if private.claims() -> 'is_anonymous' = 'true' then
        return 'not_allowed';
    end if;
    select u.is_anonymous, u.banned_until, u.deleted_at into v_user
    from auth.users as u
    where u.id = v_sub;
    if not found
        or v_user.is_anonymous
        or private.is_erased(v_sub)
    then
        return 'not_allowed';
    end if;
    if v_user.deleted_at is not null or v_user.banned_until > private.now() then
        return 'account_blocked';
    end if;
    return null;
end $$;

comment on function private.player_problem() is
'Why the caller may not act as a player: login_required, not_allowed (anonymous sign-in, no such '
'user or one who was erased), account_blocked (banned or deleted); NULL when nothing stands in the '
'way.';

revoke all on function private.player_problem()
from public, anon, authenticated, service_role;
