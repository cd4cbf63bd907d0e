-- Whether the rows of a pot are in the archive, or were
create or replace function private.is_archived(p_pot_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return exists (select from private.archived_pots as a where a.pot_id = p_pot_id);
end $$;

comment on function private.is_archived(uuid) is
'Whether a pot was archived, its month detached or not.';

revoke all on function private.is_archived(uuid)
from public, anon, authenticated, service_role;
