-- A self-exclusion of somebody who was forgotten since and has a new account
create or replace function private.excluded_until(p_user_id uuid, p_at timestamptz)
returns timestamptz
language sql
stable
set search_path = ''
as $$
    select max(m.ends_at)
    from auth.users as u
    inner join private.exclusion_marks as m
        on m.mark in (
            private.exclusion_mark('email', u.email), private.exclusion_mark('phone', u.phone)
        )
    where u.id = p_user_id and m.ends_at > p_at
$$;

comment on function private.excluded_until(uuid, timestamptz) is
'Until when the player may not play because a self-exclusion was in force when an earlier account '
'of the same e-mail address or phone number was erased; NULL when none was.';

revoke all on function private.excluded_until(uuid, timestamptz)
from public, anon, authenticated, service_role;
