-- Until when a seed may be revealed. With draw 2 not in the last 6 seconds before the round is
-- given: what is in it must be nobody's knowledge yet, by any clock that is not far wrong.
create or replace function private.reveal_by(
    p_locked_at timestamptz, p_reveal_timeout interval, p_beacon_at timestamptz
)
returns timestamptz
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
    -- least() passes over NULL: draw 1 has no beacon.
    return least(p_locked_at + p_reveal_timeout, p_beacon_at - interval '6 seconds');
end $$;

comment on function private.reveal_by(timestamptz, interval, timestamptz) is
'The first moment that is too late for a reveal: reveal_timeout after the lock and, with draw 2, '
'6 seconds before the round''s time if that is earlier (contract, section 5). Reads its arguments '
'only.';

revoke all on function private.reveal_by(timestamptz, interval, timestamptz)
from public, anon, authenticated, service_role;
