-- The one list of what is personal in an entry, for the trigger and for whoever forgets it
create or replace function private.forgotten_entry(p_entry public.pot_entries)
returns public.pot_entries
language plpgsql
immutable
set search_path = ''
as $$
begin
    p_entry.ip_hash := null;
    p_entry.device_hash := null;
    p_entry.region := null;
    p_entry.correlation_id := null;
    return p_entry;
end $$;

comment on function private.forgotten_entry(public.pot_entries) is
'The entry without where it came from. What it bought, and all that draw, ledger and proofs are '
'made of, stays.';

revoke all on function private.forgotten_entry(public.pot_entries)
from public, anon, authenticated, service_role;
