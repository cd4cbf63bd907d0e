-- Guards, in order: arguments; login; `after` exists.
-- Raises: invalid_argument, login_required, pot_not_found.
create or replace function private.list_cases(
    p_needs text, p_after uuid, p_page_size integer
)
returns setof public.case_summary
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_after timestamptz;
begin
    if p_needs not in ('flags', 'alerts', 'hold', 'paused') then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'needs', 'expected', 'flags, alerts, hold or paused'
        ));
    end if;
    perform private.require_range('page_size', p_page_size, 1, 100);
    perform private.require_person();
    if p_after is not null then
        select p.created_at into v_after from public.pots as p where p.id = p_after;
        if not found then
            perform private.fail('pot_not_found', '{"argument": "after"}');
        end if;
    end if;
    return query
    with needed as materialized (
        select n.pot_id, array_agg(distinct n.reason order by n.reason) as reasons
        from (
            select f.pot_id, 'flags' as reason
            from private.flags as f
            where f.status in ('open', 'uphold_proposed')
            union all
            select a.pot_id, 'alerts'
            from private.alerts as a
            where a.closed_at is null and a.pot_id is not null
            union all
            select p.id, 'paused'
            from public.pots as p
            where p.paused_at is not null
            union all
            select h.pot_id, 'hold'
            from private.held_payouts() as h
        ) as n
        group by n.pot_id
    ),
    page as materialized (
        select p.*, n.reasons
        from needed as n
        inner join public.pots as p on n.pot_id = p.id
        where (p_needs is null or p_needs = any (n.reasons))
            and (p_after is null or (p.created_at, p.id) < (v_after, p_after))
        order by p.created_at desc, p.id desc
        limit p_page_size
    )
    select
        g.id, g.status, g.paused_at is not null, g.reasons,
        f.open_flags, f.holding_flags, f.max_score,
        (
            select coalesce(array_agg(a.kind order by a.kind), '{}')
            from private.alerts as a
            where a.pot_id = g.id and a.closed_at is null
        ),
        t.tickets_sold, t.tickets_sold * g.entry_cost, t.participants,
        private.json_time(g.created_at), private.json_time(g.locks_at),
        private.json_time(g.locked_at)
    from page as g
    cross join lateral (
        select
            count(*) as open_flags,
            count(*) filter (where o.effect = 'hold') as holding_flags,
            max(o.score) as max_score
        from private.flags as o
        where o.pot_id = g.id and o.status in ('open', 'uphold_proposed')
    ) as f
    cross join lateral private.pot_totals(g.id) as t
    order by g.created_at desc, g.id desc;
end $$;

comment on function private.list_cases(text, uuid, integer) is
'Definer half of public.list_cases.';

revoke all on function private.list_cases(text, uuid, integer)
from public, anon, authenticated, service_role;
grant execute on function private.list_cases(text, uuid, integer)
to pot_compliance, service_role;
