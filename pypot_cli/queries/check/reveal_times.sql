-- A seed was revealed once and no revealed pot was cancelled; with draw 2 more than 6 seconds before
-- the round's time, and the beacon came at that time or later.
-- rows: public.pots_audit
select
    'pot ' || r.pot_id as subject,
    format(
        'was revealed %s times, last at %s, %s; its round is of %s, its beacon came at %s',
        r.times, r.last_at, case when r.cancelled then 'and cancelled' else 'not cancelled' end,
        s.beacon_at, b.created_at
    ) as problem
from (
    select
        a.pot_id,
        count(*) filter (where a.action = 'revealed') as times,
        max(a.created_at) filter (where a.action = 'revealed') as last_at,
        bool_or(a.action = 'cancelled') as cancelled
    from public.pots_audit as a
    group by a.pot_id
) as r
left join public.pots as p on r.pot_id = p.id
left join private.pot_states as s on r.pot_id = s.pot_id
left join private.beacons as b on r.pot_id = b.pot_id
where r.times > 1
    or r.times = 1 and r.cancelled
    or r.times = 1
    and p.draw_version = 2
    and not coalesce(r.last_at < s.beacon_at - interval '6 seconds', false)
    or b.pot_id is not null and not coalesce(b.created_at >= s.beacon_at, false)
order by 1
