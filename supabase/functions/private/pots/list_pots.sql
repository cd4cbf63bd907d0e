-- Guards: arguments; `after` exists.
-- Raises: invalid_argument, pot_not_found.
create or replace function private.list_pots(
    p_status public.pot_status, p_min_value bigint, p_max_value bigint,
    p_after uuid, p_page_size integer
)
returns setof public.pot_summary
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_after timestamptz;
begin
    perform private.require_range('page_size', p_page_size, 1, 100);
    perform private.require_range('min_value', coalesce(p_min_value, 0), 0, 9223372036854775807);
    perform private.require_range('max_value', coalesce(p_max_value, 0), 0, 9223372036854775807);
    if p_after is not null then
        select p.created_at into v_after from public.pots as p where p.id = p_after;
        if not found then
            perform private.fail('pot_not_found', '{"argument": "after"}');
        end if;
    end if;
    return query
    select s.*
    from public.pots as p
    inner join private.pot_summaries as s on p.id = s.id
    where (p_status is null or p.status = p_status)
        and (p_after is null or (p.created_at, p.id) < (v_after, p_after))
        and (p_min_value is null or s.credits_committed >= p_min_value)
        and (p_max_value is null or s.credits_committed <= p_max_value)
    order by p.created_at desc, p.id desc
    limit p_page_size;
end $$;

comment on function private.list_pots(public.pot_status, bigint, bigint, uuid, integer) is
'Definer half of public.list_pots.';

revoke all on function private.list_pots(public.pot_status, bigint, bigint, uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function private.list_pots(public.pot_status, bigint, bigint, uuid, integer)
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
