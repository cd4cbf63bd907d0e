-- The claim looks over a pot of up to 5,000 players itself, which takes a moment. A larger one it
-- leaves to run_due, and waits for it: but not for longer than half of the time for a reveal, since
-- a pot whose detection is slow, or whose orchestrator is gone, must be paid too.
create or replace function private.awaits_scan(
    p_pot public.pots, p_state private.pot_states, p_reveal_by timestamptz, p_at timestamptz
)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return p_state.scanned_at is null
        and p_at < p_pot.locked_at + (p_reveal_by - p_pot.locked_at) / 2
        and not private.is_scanned_at_claim(p_pot.id);
end $$;

comment on function private.awaits_scan(
    public.pots, private.pot_states, timestamptz, timestamptz
) is
'Whether a locked pot is not to be claimed at p_at yet because detection has not looked at it.';

revoke all on function private.awaits_scan(
    public.pots, private.pot_states, timestamptz, timestamptz
)
from public, anon, authenticated, service_role;
