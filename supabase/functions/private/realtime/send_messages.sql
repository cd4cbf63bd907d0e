-- Sends many messages as realtime.send sends each, at half its cost: no subtransaction and no
-- change of a setting for each (docs/decisions/0170).
-- Writes: realtime.messages. What Realtime does not take is left to realtime.send, whose errors are
-- warnings: nobody's join fails because nobody could be told.
create or replace function private.send_messages(
    p_topics text[], p_events text[], p_payloads jsonb[]
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
    insert into realtime.messages (topic, extension, event, payload, private)
    select m.topic, 'broadcast', m.event, m.payload, true
    from unnest(p_topics, p_events, p_payloads) as m (topic, event, payload);
exception
    -- No partition for today, another shape of the table, no right to write it.
    when integrity_constraint_violation or syntax_error_or_access_rule_violation then
        perform realtime.send(m.payload, m.event, m.topic, true)
        from unnest(p_topics, p_events, p_payloads) as m (topic, event, payload);
end $$;

comment on function private.send_messages(text[], text[], jsonb[]) is
'Sends to each topic its event with its payload, which has pot_id, version and at already.';

revoke all on function private.send_messages(text[], text[], jsonb[])
from public, anon, authenticated, service_role;
