-- A consumer says up to where it has dealt with events. Never goes back: of two that work under one
-- name, the one behind does not undo the other's progress.
-- Guards, in order: arguments; it is not the database's own consumer; the position has been given
-- to an event.
-- Locks: the consumer's row.
-- Writes: event_consumers.
-- Raises: invalid_argument.
create or replace function private.ack_events(p_consumer text, p_up_to bigint)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_position bigint;
begin
    perform private.require_read_committed();
    perform private.require_consumer(p_consumer);
    if p_consumer = 'webhooks' then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'consumer', 'expected', 'one that fan_out_webhooks does not move'
        ));
    end if;
    perform private.require_range('up_to', p_up_to, 0, coalesce(
        (select max(p.position) from private.event_positions as p), 0
    ));
    insert into private.event_consumers as c (consumer, position, updated_at)
    values (p_consumer, p_up_to, private.now())
    on conflict (consumer) do update
    set position = greatest(c.position, excluded.position), updated_at = excluded.updated_at
    returning c.position into v_position;
    return jsonb_build_object('consumer', p_consumer, 'position', v_position);
end $$;

comment on function private.ack_events(text, bigint) is
'Definer half of public.ack_events.';

revoke all on function private.ack_events(text, bigint)
from public, anon, authenticated, service_role;
grant execute on function private.ack_events(text, bigint)
to pot_events, service_role;
