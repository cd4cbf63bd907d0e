-- On the list, or named as an officer by the token or by what auth says now (a token may be older).
create or replace function private.is_staff(p_user_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return exists (select from private.staff as s where s.user_id = p_user_id)
        or private.names_officer(private.claims())
        or private.names_officer(private.claims() -> 'app_metadata')
        or exists (
            select
            from auth.users as u
            where u.id = p_user_id and private.names_officer(u.raw_app_meta_data)
        );
end $$;

comment on function private.is_staff(uuid) is
'Whether the caller, a player, works for the operator: on private.staff, or with a pot_* role in '
'the token or in auth.users.raw_app_meta_data.';

revoke all on function private.is_staff(uuid)
from public, anon, authenticated, service_role;
