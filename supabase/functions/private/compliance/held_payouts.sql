-- Payouts that wait for a review
create or replace function private.held_payouts()
returns table (pot_id uuid, held_at timestamptz, credits bigint)
language sql
stable
set search_path = ''
as $$
    select h.pot_id, h.held_at, h.credits
    from private.payout_holds as h
    where h.outcome is null
$$;

comment on function private.held_payouts() is
'The payouts that are held and not yet released.';

revoke all on function private.held_payouts()
from public, anon, authenticated, service_role;
