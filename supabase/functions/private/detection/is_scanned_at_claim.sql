-- The seconds between a lock and its beacon are the signer's.
create or replace function private.is_scanned_at_claim(p_pot_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return (private.pot_totals(p_pot_id)).participants <= 5000;
end $$;

comment on function private.is_scanned_at_claim(uuid) is
'Whether a pot is small enough that its claim may look it over.';

revoke all on function private.is_scanned_at_claim(uuid)
from public, anon, authenticated, service_role;
