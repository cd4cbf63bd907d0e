-- As private.log_event, for many events of one kind and pot at once.
-- Locks: the caller's pseudonym when it is new.
-- Writes: events.
create or replace function private.log_events(p_kind text, p_pot_id uuid, p_data jsonb[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_actor uuid := private.actor_pseudonym();
    v_correlation_id text := private.correlation_id();
begin
    -- As there, before the insert takes its ids.
    perform pg_current_xact_id();
    insert into private.events (kind, pot_id, actor_id, correlation_id, data, created_at)
    select p_kind, p_pot_id, v_actor, v_correlation_id, d.data, private.now()
    from unnest(p_data) with ordinality as d (data, place)
    order by d.place;
end $$;

comment on function private.log_events(text, uuid, jsonb[]) is
'Writes events of one kind, schema version 1, into the outbox in the order of p_data.';

revoke all on function private.log_events(text, uuid, jsonb[])
from public, anon, authenticated, service_role;
