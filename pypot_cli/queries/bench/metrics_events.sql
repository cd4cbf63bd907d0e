-- The newest joins once more, as events that wait to be taken into the metrics.
with waiting as (
    insert into private.events (kind, pot_id, data, created_at)
    select
        'pot_joined', e.pot_id, jsonb_build_object('entry_id', e.id, 'ticket_count', 1),
        e.created_at
    from public.pot_entries as e
    order by e.id
    limit %(events)s
    returning id
)

insert into private.event_positions (position, id, kind)
select row_number() over (order by w.id), w.id, 'pot_joined' from waiting as w
