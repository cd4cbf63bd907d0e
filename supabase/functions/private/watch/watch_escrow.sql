-- What is wrong with the escrow of a pot that has ended; NULL when nothing is.
create or replace function private.watch_escrow(p_pot_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    -- One statement, one snapshot: a pot ends in the transaction that empties its escrow.
    return (
        select jsonb_build_object('status', p.status, 'credits', held.credits)
        from public.pots as p
        inner join private.pot_states as s on p.id = s.pot_id
        cross join lateral (
            select coalesce(sum(l.amount), 0)::bigint as credits
            from private.ledger_entries as l
            where l.account_id = s.escrow_account
        ) as held
        where p.id = p_pot_id and p.status in ('settled', 'cancelled') and held.credits <> 0
    );
end $$;

comment on function private.watch_escrow(uuid) is
'{status, credits} of a pot that has ended with its escrow not empty; NULL of any other.';

revoke all on function private.watch_escrow(uuid)
from public, anon, authenticated, service_role;
