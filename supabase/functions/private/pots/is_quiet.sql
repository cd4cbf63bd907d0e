-- Whether there is nothing to do for a pot before its deadline or its next join. Ten seconds, so
-- that a pot in which players join one after another does not rest in between; and a
-- lobby_interval, so that its next join tells the lobby at once, which is what wakes it.
create or replace function private.is_quiet(
    p_pulse private.lobby_pulses, p_pot public.pots, p_at timestamptz
)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return p_pot.status <> 'open'
        or p_pot.paused_at is null
        and p_pulse.sent_at <= p_at - greatest(
            interval '10 seconds', (select s.lobby_interval from private.settings as s)
        )
        and p_pulse.sent_version >= private.pot_version(p_pot.id)
        and (private.pot_totals(p_pot.id)).tickets_sold < p_pot.max_tickets;
end $$;

comment on function private.is_quiet(private.lobby_pulses, public.pots, timestamptz) is
'Whether the pot has ended, or is open, unpaused, not full, and all of it was told to the lobby '
'ten seconds and a lobby_interval ago or longer.';

revoke all on function private.is_quiet(private.lobby_pulses, public.pots, timestamptz)
from public, anon, authenticated, service_role;
