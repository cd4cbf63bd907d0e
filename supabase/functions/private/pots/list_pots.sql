-- Statements whose plan does not depend on what is given, since the place to begin is never NULL:
-- each walks an index from there on, however deep, and stops after a page. So one plan is kept for
-- all calls; to make one takes more than twice what a page does. A kept plan does not know
-- page_size: the limit within, of the largest page, tells it that little is read.
--
-- A value is a sum over stripes. What a pot would hold if it were full, and once locked does hold,
-- is in its own row: a pot that cannot match is passed over by it, and where few can, only those
-- are looked at.
--
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
set plan_cache_mode = 'force_generic_plan'
as $$
declare
    v_before timestamptz := timestamptz 'infinity';
    v_id uuid := coalesce(p_after, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
    v_least bigint := coalesce(p_min_value, 0);
    v_most bigint := coalesce(p_max_value, 9223372036854775807);
    v_large uuid[];
begin
    perform private.require_range('page_size', p_page_size, 1, 100);
    perform private.require_range('min_value', v_least, 0, 9223372036854775807);
    perform private.require_range('max_value', v_most, 0, 9223372036854775807);
    if p_after is not null then
        select p.created_at into v_before from public.pots as p where p.id = p_after;
        if not found then
            perform private.fail('pot_not_found', '{"argument": "after"}');
        end if;
    end if;
    if v_least > 0 then
        v_large := array(
            select p.id
            from public.pots as p
            where p.entry_cost * coalesce(p.total_tickets, p.max_tickets) >= v_least
            order by p.entry_cost * coalesce(p.total_tickets, p.max_tickets) desc
            limit 201
        );
    end if;
    if cardinality(v_large) <= 200 then
        return query
        select s.*
        from unnest(v_large) as l (id)
        inner join public.pots as p on l.id = p.id
        inner join private.pot_summaries as s on p.id = s.id
        where (p_status is null or p.status = p_status)
            and (p.created_at, p.id) < (v_before, v_id)
            and s.credits_committed between v_least and v_most
        order by p.created_at desc, p.id desc
        limit p_page_size;
    elsif p_status is null then
        return query
        select page.*
        from (
            select s.*
            from public.pots as p
            inner join private.pot_summaries as s on p.id = s.id
            where (p.created_at, p.id) < (v_before, v_id)
                and p.entry_cost * coalesce(p.total_tickets, p.max_tickets) >= v_least
                and (p.total_tickets is null or p.entry_cost * p.total_tickets <= v_most)
                and s.credits_committed between v_least and v_most
            order by p.created_at desc, p.id desc
            limit 100
        ) as page
        limit p_page_size;
    else
        return query
        select page.*
        from (
            select s.*
            from public.pots as p
            inner join private.pot_summaries as s on p.id = s.id
            where p.status = p_status
                and (p.created_at, p.id) < (v_before, v_id)
                and p.entry_cost * coalesce(p.total_tickets, p.max_tickets) >= v_least
                and (p.total_tickets is null or p.entry_cost * p.total_tickets <= v_most)
                and s.credits_committed between v_least and v_most
            order by p.created_at desc, p.id desc
            limit 100
        ) as page
        limit p_page_size;
    end if;
end $$;

comment on function private.list_pots(public.pot_status, bigint, bigint, uuid, integer) is
'Definer half of public.list_pots.';

revoke all on function private.list_pots(public.pot_status, bigint, bigint, uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function private.list_pots(public.pot_status, bigint, bigint, uuid, integer)
to anon, authenticated, service_role,
pot_orchestrator, pot_settlement, pot_beacon, pot_compliance;
