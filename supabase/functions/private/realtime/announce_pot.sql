-- Sends p_event with p_payload (pot_id, version and at added) to topic pots:{id}.
create or replace function private.announce_pot(p_pot_id uuid, p_event text, p_payload jsonb)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
    perform realtime.send(
        jsonb_build_object(
            'pot_id', p_pot_id,
            'version', private.pot_version(p_pot_id),
            'at', private.json_time(private.now())
        ) || p_payload,
        p_event, 'pots:' || p_pot_id, true
    );
end $$;

comment on function private.announce_pot(uuid, text, jsonb) is
'Sends p_event with p_payload (pot_id, version and at added) to topic pots:{id}.';

revoke all on function private.announce_pot(uuid, text, jsonb)
from public, anon, authenticated, service_role;
