-- Key of the lock of whoever looks a pot over, a transaction-level advisory lock.
create or replace function private.scan_key(p_pot_id uuid)
returns bigint
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
begin
    return hashtextextended('pots/scan/' || p_pot_id, 0);
end $$;

comment on function private.scan_key(uuid) is
'Key of the lock of whoever looks a pot over for fraud. Nobody waits for it.';

revoke all on function private.scan_key(uuid)
from public, anon, authenticated, service_role;
