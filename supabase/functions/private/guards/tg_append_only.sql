-- Refuses UPDATE, DELETE and TRUNCATE, also for the owner and under session_replication_role =
-- replica.
create or replace function private.tg_append_only()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
    raise insufficient_privilege using
        message = format('%s.%s is append-only', tg_table_schema, tg_table_name);
end $$;

comment on function private.tg_append_only() is
'Trigger: refuses UPDATE, DELETE and TRUNCATE, also for the owner and under '
'session_replication_role = replica.';

revoke all on function private.tg_append_only()
from public, anon, authenticated, service_role;
