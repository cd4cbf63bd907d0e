-- Live tickets sold and distinct participants of the pot, summed over its stripes.
create or replace function private.pot_totals(
    p_pot_id uuid, out tickets_sold bigint, out participants bigint
)
language plpgsql
stable
set search_path = ''
as $$
begin
    select coalesce(sum(s.sold), 0), coalesce(sum(s.participants), 0)
    into tickets_sold, participants
    from private.pot_stripes as s
    where s.pot_id = p_pot_id;
end $$;

comment on function private.pot_totals(uuid, out bigint, out bigint) is
'Live tickets sold and distinct participants of the pot, summed over its stripes.';

revoke all on function private.pot_totals(uuid, out bigint, out bigint)
from public, anon, authenticated, service_role;
