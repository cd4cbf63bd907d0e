-- Refuses that a row waiting for the log is dropped before it is in it, or becomes another.
create or replace function private.tg_log_pending__sequenced()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
begin
    if tg_op = 'DELETE' and exists (
        select from private.log_leaves as l where l.audit_id = old.audit_id
    ) then
        return old;
    end if;
    raise insufficient_privilege using message = 'private.log_pending is append-only';
end $$;

comment on function private.tg_log_pending__sequenced() is
'Trigger: a row leaves log_pending when it is a leaf of the log, and in no other way, also for the '
'owner and under session_replication_role = replica.';

revoke all on function private.tg_log_pending__sequenced()
from public, anon, authenticated, service_role;
