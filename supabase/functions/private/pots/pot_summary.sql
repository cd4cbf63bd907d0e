-- The pot's PotSummary as a JSON object
create or replace function private.pot_summary(p_pot_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (select to_jsonb(s) from private.pot_summaries as s where s.id = p_pot_id);
end $$;

comment on function private.pot_summary(uuid) is
'The pot''s PotSummary as a JSON object; NULL when there is no such pot.';

revoke all on function private.pot_summary(uuid)
from public, anon, authenticated, service_role;
