-- Writes one event into the outbox, with the caller's pseudonym and the request's correlation id;
-- all events of one request without that header share one.
-- Locks: the caller's pseudonym when it is new: whoever takes a wallet has it by then
-- (docs/concepts.md, lock order).
-- Writes: events.
create or replace function private.log_event(
    p_kind text, p_pot_id uuid, p_data jsonb, p_schema_version integer default 1
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
    -- Before the insert takes its id, which is what sequence_events counts on: who holds an id has
    -- had a transaction id since before.
    perform pg_current_xact_id();
    insert into private.events (
        kind, pot_id, actor_id, correlation_id, data, created_at, schema_version
    )
    values (
        p_kind, p_pot_id, private.actor_pseudonym(),
        private.correlation_id(), p_data, private.now(), p_schema_version
    );
end $$;

comment on function private.log_event(text, uuid, jsonb, integer) is
'Writes one event into the outbox. p_data has the schema of p_kind and p_schema_version '
'(docs/events.md): no personal data, no secret.';

revoke all on function private.log_event(text, uuid, jsonb, integer)
from public, anon, authenticated, service_role;
