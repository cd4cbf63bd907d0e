-- The pot's version
create or replace function private.pot_version(p_pot_id uuid)
returns bigint
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select s.version + coalesce((
            select sum(c.version) from private.pot_stripes as c where c.pot_id = p_pot_id
        ), 0)::bigint
        from private.pot_states as s
        where s.pot_id = p_pot_id
    );
end $$;

comment on function private.pot_version(uuid) is
'The pot''s version: raised by every transition, join and cancelled entry, never lowered.';

revoke all on function private.pot_version(uuid)
from public, anon, authenticated, service_role;
