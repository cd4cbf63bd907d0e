-- A prize has reached its winner: the pot appears in Live Drops, once, however often this is
-- called. For a payout that is held it is called when it is released to the winner, and never when
-- it goes back.
-- Locks: the caller holds the pot's row.
-- Writes: live_drops, event live_drop; to realtime drop.
create or replace function private.publish_drop(p_pot_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
    v_drop private.live_drops;
    v_entry public.pot_entries;
    v_settlement private.settlements;
    v_pot public.pots;
begin
    insert into private.live_drops (pot_id, dropped_at)
    values (p_pot_id, private.now())
    on conflict (pot_id) do nothing
    returning * into v_drop;
    if not found then
        return;
    end if;
    select * into strict v_pot from public.pots as p where p.id = p_pot_id;
    select * into strict v_settlement from private.settlements as s where s.pot_id = p_pot_id;
    select * into strict v_entry from public.pot_entries as e where e.id = v_settlement.entry_id;
    -- The event stays for ever, so it has the tag, and not the handle that a player may take back.
    perform private.log_event('live_drop', p_pot_id, jsonb_build_object(
        'drop_id', v_drop.drop_id,
        'entrant', left(v_entry.entrant_tag, 16),
        'prize', v_settlement.prize,
        'entry_cost', v_pot.entry_cost,
        'settled_at', private.json_time(v_pot.settled_at),
        'proof', private.proof_path(p_pot_id)
    ));
    perform realtime.send(
        jsonb_build_object(
            'pot_id', p_pot_id,
            'version', private.pot_version(p_pot_id),
            'at', private.json_time(v_drop.dropped_at),
            'drop_id', v_drop.drop_id,
            'entrant', left(v_entry.entrant_tag, 16),
            'handle', private.public_handle(v_entry.user_id, v_entry.entrant_tag),
            'prize', v_settlement.prize,
            'entry_cost', v_pot.entry_cost,
            'settled_at', private.json_time(v_pot.settled_at),
            'proof', private.proof_path(p_pot_id)
        ),
        'drop', 'live-drops', true
    );
end $$;

comment on function private.publish_drop(uuid) is
'Shows a settled pot whose prize its winner has in Live Drops, once: list_live_drops, topic '
'live-drops, event live_drop.';

revoke all on function private.publish_drop(uuid)
from public, anon, authenticated, service_role;
