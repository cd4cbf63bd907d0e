-- No player joined a pot during a break that was begun before.
-- rows: private.play_breaks
select
    format('player %s', b.user_id) as subject,
    format(
        'joined pot %s at %s, on a break (%s) from %s to %s',
        e.pot_id, e.created_at, b.kind, b.started_at, b.ends_at
    ) as problem
from private.play_breaks as b
inner join public.pot_entries as e
    on b.user_id = e.user_id and e.created_at >= b.started_at and e.created_at < b.ends_at
order by 1, 2
