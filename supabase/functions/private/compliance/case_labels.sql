-- Every entry of a pot with what its account, address and device are called there
create or replace function private.case_labels(p_pot_id uuid)
returns table (entry_id uuid, account bigint, address bigint, device bigint)
language sql
stable
set search_path = ''
as $$
    select * from private.entry_labels(p_pot_id, 0, null)
$$;

comment on function private.case_labels(uuid) is
'private.entry_labels of every entry of the pot.';

revoke all on function private.case_labels(uuid)
from public, anon, authenticated, service_role;
