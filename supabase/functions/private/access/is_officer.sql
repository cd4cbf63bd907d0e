-- Whether a user signs in as compliance now. auth.users is asked too: GoTrue refuses whom it banned
-- at the next refresh, and a call should not be good for longer than that.
create or replace function private.is_officer(p_user_id uuid)
returns boolean
language sql
stable
set search_path = ''
as $$
    select exists (
        select
        from private.officers as o
        inner join auth.users as u on o.user_id = u.id
        where o.user_id = p_user_id
            and o.revoked_at is null
            and not u.is_anonymous
            and u.deleted_at is null
            and (u.banned_until is null or u.banned_until <= private.now())
            and not private.is_erased(o.user_id)
    )
$$;

comment on function private.is_officer(uuid) is
'Whether the user signs in as compliance: named by set_officer, not revoked since, not banned, '
'deleted, erased or anonymous.';

revoke all on function private.is_officer(uuid)
from public, anon, authenticated, service_role;
