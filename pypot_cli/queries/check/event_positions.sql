-- Events that left have the positions 1, 2, 3, …, those of detached months included, each is an event
-- of that kind, a transition of a pot stands behind what happened to it before, no event that is not looked for any more is without
-- one, and ids are taken in order of time (no cache).
-- rows: private.events
select
    'position ' || p.position as subject,
    case
        when p.position <> p.true_position
            then format('stands where position %s belongs', p.true_position)
        when e.id is null then 'its event is gone'
        when e.kind <> p.kind then 'its event is of another kind: ' || e.kind
        else 'stands before an earlier event of its pot'
    end as problem
from (
    select
        each.*,
        o.pot_id,
        coalesce(lag(each.last_position) over (order by each.position), 0) + 1 as true_position,
        max(each.id) filter (where each.kind like 'pot\_%') over (
            partition by o.pot_id
            order by each.position
            rows between unbounded preceding and 1 preceding
        ) as highest_before
    from (
        select h.position, h.position as last_position, h.id, h.kind, false as is_carried
        from private.event_positions as h
        union all
        select c.from_position, c.to_position, null, null, true
        from private.carried_positions as c
    ) as each
    left join private.events as o on each.id = o.id
) as p
left join private.events as e on p.id = e.id
where p.position <> p.true_position
    or e.id is null and not p.is_carried
    or e.kind <> p.kind
    -- Two that did not wait for each other, such as joins, may stand in either order.
    or p.pot_id is not null and p.highest_before > p.id
    and p.kind like 'pot\_%'
    and p.kind not in (
        'pot_joined', 'pot_entry_cancelled', 'pot_excluded', 'pot_flag_reviewed'
    )
union all
select 'event ' || e.id, 'has no position, and is not looked for any more'
from private.events as e
inner join private.event_sequencer as s on e.id <= s.low_water
where not exists (select from private.event_positions as p where p.id = e.id)
union all
select 'sequence ' || q.seqrelid::regclass, format('hands ids out ahead: cache %s', q.seqcache)
from pg_catalog.pg_sequence as q
where q.seqrelid = pg_get_serial_sequence('private.events', 'id')::regclass and q.seqcache <> 1
order by 1
