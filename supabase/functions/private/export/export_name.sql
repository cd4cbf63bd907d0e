-- What a player is called in an export
create or replace function private.export_name(
    p_identified boolean, p_user_id uuid, p_account bigint
)
returns text
language sql
immutable
set search_path = ''
as $$
    select case when p_identified then p_user_id::text else 'account-' || p_account end
$$;

comment on function private.export_name(boolean, uuid, bigint) is
'What a player is called in an export: the user id when people are to be identified, else the '
'number within the pot.';

revoke all on function private.export_name(boolean, uuid, bigint)
from public, anon, authenticated, service_role;
