-- Who won is looked up when it is shown, so that a handle taken back is gone from everywhere.
-- Raises: invalid_argument.
create or replace function private.list_live_drops(p_after bigint, p_page_size integer)
returns setof public.live_drop
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    perform private.require_range('page_size', p_page_size, 1, 100);
    return query
    select
        d.drop_id, d.pot_id,
        private.public_handle(
            p.winner_user_id, s.proof -> 'winning_entry' ->> 'entrant_tag'
        ),
        s.prize, p.entry_cost,
        private.json_time(p.settled_at), private.json_time(d.dropped_at),
        private.proof_path(d.pot_id), private.pot_version(d.pot_id)
    from private.live_drops as d
    inner join public.pots as p on d.pot_id = p.id
    inner join private.settlements as s on d.pot_id = s.pot_id
    where p_after is null or d.drop_id < p_after
    order by d.drop_id desc
    limit p_page_size;
end $$;

comment on function private.list_live_drops(bigint, integer) is
'Definer half of public.list_live_drops.';

revoke all on function private.list_live_drops(bigint, integer)
from public, anon, authenticated, service_role;
grant execute on function private.list_live_drops(bigint, integer)
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
