-- Guards, in order: arguments; who calls.
-- Raises: invalid_argument, login_required, not_allowed.
create or replace function private.read_events(
    p_consumer text, p_after bigint, p_kinds text[], p_page_size integer
)
returns setof public.outbox_event
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_after bigint := p_after;
    v_positions bigint[];
begin
    perform private.require_range('page_size', p_page_size, 1, 1000);
    if p_consumer is not null then
        perform private.require_consumer(p_consumer);
    end if;
    if array_position(p_kinds, null) is not null or cardinality(p_kinds) not between 1 and 100 then
        perform private.fail('invalid_argument', jsonb_build_object(
            'argument', 'kinds', 'expected', '1 to 100 kinds of events'
        ));
    end if;
    perform private.require_standing();
    if p_consumer is not null then
        v_after := coalesce(v_after, (
            select c.position from private.event_consumers as c where c.consumer = p_consumer
        ));
    end if;
    v_after := coalesce(v_after, 0);
    if p_kinds is null then
        v_positions := array(
            select p.position
            from private.positions_ever as p
            where p.position > v_after
            order by p.position
            limit p_page_size
        );
    else
        -- A page of each kind by its index: what lies between is not read.
        v_positions := array(
            select p.position
            from (select distinct k.kind from unnest(p_kinds) as k (kind)) as wanted
            cross join lateral (
                select n.position
                from private.positions_ever as n
                where n.kind = wanted.kind and n.position > v_after
                order by n.position
                limit p_page_size
            ) as p
            order by p.position
            limit p_page_size
        );
    end if;
    if not exists (
        select from private.archived_events as a where a.position > v_after
    ) then
        return query
        select
            p.position, e.event_id, e.kind, e.schema_version, e.pot_id, e.actor_id,
            e.correlation_id, e.data, private.json_time(e.created_at)
        from private.event_positions as p
        inner join private.told_events as e on p.id = e.id
        where p.position = any(v_positions)
        order by p.position;
        return;
    end if;
    return query
    select
        p.position, e.event_id, e.kind, e.schema_version, e.pot_id, e.actor_id, e.correlation_id,
        e.data, private.json_time(e.created_at)
    from private.positions_ever as p
    inner join private.told_events_ever as e on p.id = e.id
    where p.position = any(v_positions)
    order by p.position;
end $$;

comment on function private.read_events(text, bigint, text[], integer) is
'Definer half of public.read_events.';

revoke all on function private.read_events(text, bigint, text[], integer)
from public, anon, authenticated, service_role;
grant execute on function private.read_events(text, bigint, text[], integer)
to pot_events, pot_compliance, service_role;
