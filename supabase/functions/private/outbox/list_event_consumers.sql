-- Positions have no gaps, so what waits is counted without being read.
-- Raises: login_required, not_allowed.
create or replace function private.list_event_consumers()
returns setof public.event_consumer
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_last bigint := coalesce((select max(p.position) from private.event_positions as p), 0);
begin
    perform private.require_standing();
    return query
    select c.consumer, c.position, v_last - c.position, private.json_time(c.updated_at)
    from private.event_consumers as c
    order by c.consumer;
end $$;

comment on function private.list_event_consumers() is
'Definer half of public.list_event_consumers.';

revoke all on function private.list_event_consumers()
from public, anon, authenticated, service_role;
grant execute on function private.list_event_consumers()
to pot_events, pot_compliance, service_role;
