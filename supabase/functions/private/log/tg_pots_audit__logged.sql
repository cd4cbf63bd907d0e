-- Every row of every chain goes into the log: what is appended waits in log_pending until a
-- checkpoint is made, and nothing that appends waits for the log.
create or replace function private.tg_pots_audit__logged()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
    insert into private.log_pending (audit_id) values (new.id);
    return null;
end $$;

comment on function private.tg_pots_audit__logged() is
'Trigger: has the log take an audit row, also under session_replication_role = replica.';

revoke all on function private.tg_pots_audit__logged()
from public, anon, authenticated, service_role;
