-- Seconds from the first join of a pot to its lock.
select p.id::text, extract(epoch from p.locked_at - min(e.created_at))::float8
from public.pots as p
inner join public.pot_entries as e on p.id = e.pot_id
where p.locked_at is not null
group by p.id
