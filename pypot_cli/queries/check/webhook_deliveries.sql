-- Every delivery is of an event that happened, was fanned out and goes to whoever asked for it; of a
-- pot's pending ones in a webhook the first is due.
-- rows: private.webhook_deliveries
select
    'delivery ' || d.delivery_id as subject,
    case
        when e.id is null then 'is of no event'
        when (e.event_id, e.kind, e.pot_id) is distinct from (d.event_id, d.kind, d.pot_id)
            then 'is not what its event says'
        when d.position > c.position then 'is of an event that was not fanned out'
        else 'waits for nothing'
    end as problem
from private.webhook_deliveries as d
cross join private.event_consumers as c
left join private.event_positions as p on d.position = p.position
left join private.events as e on p.id = e.id
left join private.carried_positions as k
    on d.position between k.from_position and k.to_position
left join lateral (
    select f.delivery_id
    from private.webhook_deliveries as f
    where f.webhook_id = d.webhook_id
        and f.pot_id = d.pot_id
        and f.status = 'pending'
        and f.position < d.position
    limit 1
) as earlier on true
where c.consumer = 'webhooks'
    and d.position is not null
    and (
        e.id is null and k.month is null
        or k.month is null
        and (e.event_id, e.kind, e.pot_id) is distinct from (d.event_id, d.kind, d.pot_id)
        or d.position > c.position
        or (
            d.status = 'pending' and d.next_attempt_at is null and earlier.delivery_id is null
        )
    )
order by 1
