-- Sends `updated` for the pot to the lobby unless it was sent within lobby_interval or somebody
-- else is sending it
create or replace function private.pulse_lobby(p_pot_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_at timestamptz := private.now();
begin
    perform
    from private.lobby_pulses as l
    where l.pot_id = p_pot_id
        and l.sent_at <= v_at - (select s.lobby_interval from private.settings as s)
    for update skip locked;
    if not found then
        return;
    end if;
    update private.lobby_pulses as l
    set
        sent_at = v_at,
        sent_version = private.pot_version(p_pot_id),
        -- An open pot is awake from now on (private.run_due).
        rests = p.status <> 'open'
    from public.pots as p
    where l.pot_id = p_pot_id and p.id = p_pot_id;
    perform private.announce_lobby(p_pot_id, 'updated');
end $$;

comment on function private.pulse_lobby(uuid) is
'Sends `updated` for the pot to the lobby unless it was sent within lobby_interval or somebody '
'else is sending it: never waits, so some changes are left to the next pulse (run_due sends what '
'is left over).';

revoke all on function private.pulse_lobby(uuid)
from public, anon, authenticated, service_role;
