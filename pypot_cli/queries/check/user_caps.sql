-- No player holds more live tickets of a pot than its max_per_user.
-- rows: public.pot_entries
select
    format('player %s in pot %s', e.user_id, e.pot_id) as subject,
    format('holds %s tickets of %s at most', sum(e.ticket_count), p.max_per_user) as problem
from public.pot_entries as e
inner join public.pots as p on e.pot_id = p.id
where e.cancelled_at is null
group by e.pot_id, e.user_id, p.max_per_user
having sum(e.ticket_count) > p.max_per_user
order by 1
