-- now() stands still while a transaction waits for a lock, which would let a join through after
-- the deadline.
create or replace function private.now()
returns timestamptz
language plpgsql
volatile
set search_path = ''
as $$
begin
    return clock_timestamp();
end $$;

comment on function private.now() is
'The clock of every decision: the time of the call, not of the transaction''s start. Tests replace '
'it inside a transaction they roll back.';

revoke all on function private.now()
from public, anon, authenticated, service_role;
