-- Guards: arguments; `after` is of a pot with draw 2 that was locked.
-- Raises: invalid_argument, pot_not_found.
create or replace function private.list_awaited_beacons(p_after uuid, p_page_size integer)
returns setof public.awaited_beacon
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_after timestamptz;
begin
    perform private.require_range('page_size', p_page_size, 1, 1000);
    if p_after is not null then
        select s.beacon_at into v_after
        from private.pot_states as s
        where s.pot_id = p_after and s.beacon_at is not null;
        if not found then
            perform private.fail('pot_not_found', '{"argument": "after"}');
        end if;
    end if;
    return query
    select
        p.id, s.beacon_chain_hash, s.beacon_round, private.json_time(s.beacon_at), p.lock_digest
    from public.pots as p
    inner join private.pot_states as s on p.id = s.pot_id
    where p.status = 'settling'
        and p.reveal_seed is not null
        and (p_after is null or (s.beacon_at, p.id) > (v_after, p_after))
    order by s.beacon_at, p.id
    limit p_page_size;
end $$;

comment on function private.list_awaited_beacons(uuid, integer) is
'Definer half of public.list_awaited_beacons.';

revoke all on function private.list_awaited_beacons(uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function private.list_awaited_beacons(uuid, integer)
to pot_settlement, pot_orchestrator, pot_beacon, service_role;
