-- Pots whose payout is held and not yet released, told by their chains
create or replace function private.held_payouts()
returns table (pot_id uuid, held_at timestamptz, metadata jsonb)
language sql
stable
set search_path = ''
as $$
    select a.pot_id, a.created_at, a.metadata
    from public.pots_audit as a
    where a.action = 'payout_held'
        and not exists (
            select
            from public.pots_audit as r
            where r.pot_id = a.pot_id and r.action = 'payout_released'
        )
$$;

comment on function private.held_payouts() is
'Pots whose payout is held and not yet released, and what their chain says of the hold.';

revoke all on function private.held_payouts()
from public, anon, authenticated, service_role;
