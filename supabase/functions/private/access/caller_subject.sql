-- Who calls, as text
create or replace function private.caller_subject()
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return coalesce(
        private.caller_sub()::text,
        'role:' || nullif(private.claims() ->> 'role', ''),
        'db:' || session_user
    );
end $$;

comment on function private.caller_subject() is
'Who calls, as text: the JWT''s `sub`, else `role:` and its role, else `db:` and the database '
'login (a cron job).';

revoke all on function private.caller_subject()
from public, anon, authenticated, service_role;
