-- Every registered chain, the oldest first
create or replace function private.list_beacon_chains()
returns setof public.beacon_chain
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    return query
    select
        c.chain_hash, c.public_key, c.scheme, c.genesis_time, c.period_seconds,
        coalesce(c.chain_hash = s.beacon_chain_hash, false)
    from private.beacon_chains as c
    cross join private.settings as s
    order by c.created_at, c.chain_hash;
end $$;

comment on function private.list_beacon_chains() is
'Definer half of public.list_beacon_chains.';

revoke all on function private.list_beacon_chains()
from public, anon, authenticated, service_role;
grant execute on function private.list_beacon_chains()
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
