-- Sends p_event with the pot's PotSummary (pot_id and at added) to topic pots:lobby.
create or replace function private.announce_lobby(p_pot_id uuid, p_event text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
    perform realtime.send(
        private.pot_summary(p_pot_id) || jsonb_build_object(
            'pot_id', p_pot_id, 'at', private.json_time(private.now())
        ),
        p_event, 'pots:lobby', true
    );
end $$;

comment on function private.announce_lobby(uuid, text) is
'Sends p_event with the pot''s PotSummary (pot_id and at added) to topic pots:lobby.';

revoke all on function private.announce_lobby(uuid, text)
from public, anon, authenticated, service_role;
