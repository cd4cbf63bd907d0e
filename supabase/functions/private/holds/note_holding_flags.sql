-- Fixes which flags of a pot may hold its payout: those that are there when the reveal is accepted,
-- whoever they are on. Called once, before anything that follows from the seed is written.
-- Locks: the caller holds the pot's row.
-- Writes: holding_flags.
create or replace function private.note_holding_flags(p_pot_id uuid)
returns void
language sql
volatile
set search_path = ''
as $$
    insert into private.holding_flags (flag_id, pot_id, noted_at)
    select f.flag_id, f.pot_id, private.now()
    from private.flags as f
    where f.pot_id = p_pot_id
        -- What would have turned a join away holds its payout too.
        and f.effect in ('hold', 'refuse')
        and f.status <> 'cleared'
$$;

comment on function private.note_holding_flags(uuid) is
'Fixes which flags of the pot may hold its payout: every one with effect hold or refuse that is '
'not cleared, open or upheld, at this moment.';

revoke all on function private.note_holding_flags(uuid)
from public, anon, authenticated, service_role;
