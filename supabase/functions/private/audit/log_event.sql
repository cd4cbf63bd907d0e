-- Writes one structured event with the caller's pseudonym and the request's correlation id.
create or replace function private.log_event(p_kind text, p_pot_id uuid, p_data jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
    insert into private.events (kind, pot_id, actor_id, correlation_id, data, created_at)
    values (
        p_kind, p_pot_id, private.actor_pseudonym(), private.correlation_id(), p_data,
        private.now()
    );
end $$;

comment on function private.log_event(text, uuid, jsonb) is
'Writes one structured event with the caller''s pseudonym and the request''s correlation id.';

revoke all on function private.log_event(text, uuid, jsonb)
from public, anon, authenticated, service_role;
